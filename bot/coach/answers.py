"""Plan the answer to what a person wrote to the bot: one for each event of Slack, however often it is delivered.

What the person wrote is understood before the transaction begins and never stored: an answer's row holds a verb, slugs
of the content and codes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.member import MemberKey
from bot.core.outbox import Kind, NewDelivery, answer_key, reply_key
from bot.core.subjects import AnswerSubject
from bot.store import members, outbox, workspaces

MAX_LATE = timedelta(days=1)  # after which nobody waits for the answer any more
AHEAD = timedelta(days=1)  # an answer overtakes every tip that is due: its reader waits for it

Deed = Callable[[Connection], AnswerSubject]  # what a member asked for: it may store something


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person wrote, and so where the answer goes. `thread` is that of a mention."""

    event_id: str
    channel: str
    thread: str | None = None


def answer(tx: Connection, who: MemberKey, place: Place, deed: Deed, now: datetime) -> bool:
    """Do what a member wrote by direct message and plan the answer. Return False if that was done before.

    Raise NotMet.
    """
    if not workspaces.see_event(tx, who.workspace_id, place.event_id, now):
        return False
    members.lock_known(tx, who)
    plan = NewDelivery(
        workspace_id=who.workspace_id,
        key=answer_key(place.event_id),
        kind=Kind.ANSWER,
        member_id=who.member_id,
        channel=place.channel,
        subject=deed(tx),
        due_at=now,
        try_at=now - AHEAD,
        until=now + MAX_LATE,
    )
    outbox.put(tx, [plan])
    return True


def reply(tx: Connection, workspace_id: str, place: Place, subject: AnswerSubject, now: datetime) -> bool:
    """Plan the answer to a mention, in its thread, without who asked. Return False if that was done before."""
    if not workspaces.see_event(tx, workspace_id, place.event_id, now):
        return False
    plan = NewDelivery(
        workspace_id=workspace_id,
        key=reply_key(place.event_id),
        kind=Kind.REPLY,
        channel=place.channel,
        thread=place.thread,
        subject=subject,
        due_at=now,
        try_at=now - AHEAD,
        until=now + MAX_LATE,
    )
    outbox.put(tx, [plan])
    return True
