"""Plan the answer to what a person wrote to the bot: one for each event of Slack, however often it is delivered.

The answer is drawn when the event is handled, and its delivery holds it until it is sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.member import MemberKey
from bot.core.outbox import Kind, NewDelivery, answer_key, reply_key
from bot.core.subjects import DrawnSubject
from bot.outbox import deliveries
from bot.store import members, workspaces

MAX_LATE = timedelta(days=1)  # after which nobody waits for the answer any more
AHEAD = timedelta(days=1)  # an answer overtakes every tip that is due: its reader waits for it


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
    members.lock_known(tx, who)


def answer(tx: Connection, who: MemberKey, to: ReplyTo, drawn: DrawnSubject, now: datetime) -> None:
    """Plan the answer to what a member wrote, in the transaction that took it."""
    _put(tx, who.workspace_id, to, Kind.ANSWER, drawn, now, member_id=who.member_id)


def reply(tx: Connection, workspace_id: str, to: ReplyTo, drawn: DrawnSubject, now: datetime) -> None:
    """Plan the answer to a mention, in its thread, without who asked. Raise AlreadyAnswered."""
    if not workspaces.see_event(tx, workspace_id, to.event_id, now):
        raise AlreadyAnswered
    _put(tx, workspace_id, to, Kind.REPLY, drawn, now)


def _put(
    tx: Connection,
    workspace_id: str,
    to: ReplyTo,
    kind: Kind,
    drawn: DrawnSubject,
    now: datetime,
    member_id: str | None = None,
) -> None:
    key = answer_key if kind is Kind.ANSWER else reply_key
    plan = NewDelivery(
        workspace_id=workspace_id,
        key=key(to.event_id),
        kind=kind,
        member_id=member_id,
        channel=to.channel,
        thread=to.thread,
        subject=drawn,
        due_at=now,
        try_at=now - AHEAD,
        until=now + MAX_LATE,
    )
    deliveries.put(tx, [plan])
