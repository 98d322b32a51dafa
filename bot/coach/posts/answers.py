"""Answers to what people wrote, what admins have to do, and introductions. All say what was decided when planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.calendar import week_of
from bot.core.catalog import Catalog
from bot.core.member import AdminAct, MemberKey
from bot.core.outbox import AdminSubject, Copy, Delivery, DrawnSubject, Kind, NewDelivery, Subject, key_of
from bot.core.outcomes import Refused, Unknown
from bot.core.record import Records
from bot.outbox import deliveries
from bot.outbox.messages import NOTHING_TO_SAY, Answer, Content
from bot.store import admins, members, record as record_rows, workspaces

MAX_LATE = timedelta(days=1)  # after which nobody waits for the answer any more
ASK_AGAIN = DrawnSubject(text="Something changed before my answer could be sent. Please ask once more.")
AHEAD = timedelta(days=1)  # an answer overtakes every tip that is due: its reader waits for it
NOT_POSTED = "not-posted"  # to an admin, whose introduction Slack refused: the channel, and the reason
INSTALL_ANEW = "install-anew"  # to admins, if a refresh token was lost: the address, and when the token ends
SETTLED = "settled"  # to who suggested a challenge: the id of the one that was started, or nothing
LIKED = "liked"  # to who shared a line: who wants to try it like them, and the tip's title
FIRST_DAY = "first-day"  # to an admin who installed the bot: what there is to do first


@dataclass(frozen=True, slots=True)
class AnswerPost(Content):
    about: DrawnSubject | AdminSubject


def wanted(_tx: Connection, _catalog: Catalog, _records: Records, delivery: Delivery, _now: datetime) -> Answer:
    about = delivery.subject
    return AnswerPost(about) if isinstance(about, DrawnSubject | AdminSubject) else NOTHING_TO_SAY


def sent(tx: Connection, sent: Sequence[tuple[Delivery, str]], _now: datetime) -> None:
    deliveries.empty(tx, [delivery for delivery, _ in sent])


class AlreadyAnswered(Exception):
    """Slack delivered an event again that was handled before."""


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where a person wrote, and so where the answer goes. `thread` is that of a mention."""

    event_id: str
    channel: str
    thread: str | None = None


def take(tx: Connection, who: MemberKey, to: ReplyTo, now: datetime) -> None:
    """Begin to do what a member wrote by direct message. Raise AlreadyAnswered, and NotMet."""
    if not workspaces.see_event(tx, who.workspace_id, to.event_id, now):
        raise AlreadyAnswered
    record_rows.lock(tx, who)


def answer(tx: Connection, who: MemberKey, to: ReplyTo, drawn: DrawnSubject, now: datetime) -> None:
    put(tx, Copy(*who, key_of(Kind.ANSWER, to.event_id), to.channel), Kind.ANSWER, drawn, now, to.thread)


def reply(tx: Connection, workspace_id: str, to: ReplyTo, drawn: DrawnSubject, now: datetime) -> None:
    """Plan the answer to a mention, in its thread, without who asked. Raise AlreadyAnswered."""
    if not workspaces.see_event(tx, workspace_id, to.event_id, now):
        raise AlreadyAnswered
    copy = Copy(workspace_id, None, key_of(Kind.REPLY, to.event_id), to.channel)
    put(tx, copy, Kind.REPLY, drawn, now, to.thread)


def put(tx: Connection, copy: Copy, kind: Kind, about: Subject, now: datetime, thread: str | None = None) -> None:
    """Plan one of these messages, now. `thread`: the message in whose thread it is posted."""
    until, try_at = now + MAX_LATE, now - AHEAD if kind in {Kind.ANSWER, Kind.REPLY} else now
    week = week_of(now, None) if kind is Kind.NEWS else None
    new = NewDelivery([copy], kind, due_at=now, until=until, thread=thread, week=week, subject=about, try_at=try_at)
    deliveries.put(tx, new)


def not_introduced(tx: Connection, delivery: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
    """Tell the admin who wanted it why it is not there, unless they were forgotten. That message has their line."""
    deliveries.empty(tx, [delivery])
    if isinstance(outcome, Refused):
        admins.record(tx, delivery.workspace_id, AdminAct.INTRODUCTION_REFUSED, now, subject=delivery.key)
    admin_id = admins.who_did(tx, delivery.workspace_id, AdminAct.INTRODUCED, delivery.key)
    if admin_id is None or not members.lock(tx, [MemberKey(delivery.workspace_id, admin_id)]):
        return
    reason = "-".join((outcome.reason if isinstance(outcome, Refused) else "unconfirmed").split())[:80]
    why = delivery.subject.text if isinstance(delivery.subject, DrawnSubject) else ""
    about = AdminSubject(task=NOT_POSTED, words=(delivery.channel or "", reason, *why.split()))
    put(tx, Copy(delivery.workspace_id, admin_id, key_of(Kind.TASK, delivery.key)), Kind.TASK, about, now)


def inform(tx: Connection, whom: MemberKey, about: str, task: str, words: Sequence[str], now: datetime) -> None:
    """Plan to tell a member, once, what became of what they shared or suggested; if they get messages."""
    if members.lock(tx, [whom], waits=False):
        subject = AdminSubject(task=task, words=tuple(words))
        put(tx, Copy(*whom, key_of(Kind.NEWS, about)), Kind.NEWS, subject, now)
