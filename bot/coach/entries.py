"""A member's part in a challenge: joining, doing, leaving and writing a line about it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach.posts import challenges as posts
from bot.core.catalog import Catalog
from bot.core.challenges import LIST, MAX_LINE, Challenge, ChallengeState, Entry, Sharing
from bot.core.content_types import Skill
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.store import challenges, entries, members
from bot.store import record as record_rows

GONE = "That challenge is gone."
NOT_DONE = "Press *I did it* first; then you can share what you learned."


@dataclass(frozen=True, slots=True)
class Taken:
    """A member's part in a challenge after what they did. `entry` is None if they take no part.

    `skill` is the one that it teaches, if they have not marked it as learned. Only they can say that they learned it.
    """

    challenge: Challenge
    entry: Entry | None
    changed: bool
    skill: Skill | None = None


class MessageRef(NamedTuple):
    """A message in Slack; without `ts`, one that only its reader sees."""

    channel: str
    ts: str = ""


def join(tx: Connection, who: MemberKey, challenge_id: str, now: datetime, seen: MessageRef | None = None) -> Taken:
    """Let a member take part. A second call changes nothing. `seen` is the message whose button was clicked.

    Raise NotMet, and UserError if the challenge is over.
    """
    members.lock_known(tx, who)
    challenge = _open(tx, who, challenge_id, now, seen)
    entry = entries.join(tx, who, challenge, secrets.token_hex(8), now)
    return Taken(challenge, entry, changed=entry.joined_at == now)


def did(
    tx: Connection, catalog: Catalog, who: MemberKey, challenge_id: str, now: datetime, seen: MessageRef | None = None
) -> Taken:
    """Mark a challenge as done by a member, who joins by that. Only the first time counts. Raise as `join` does."""
    record = record_rows.lock(tx, who)
    challenge = _open(tx, who, challenge_id, now, seen)
    entry = entries.join(tx, who, challenge, secrets.token_hex(8), now, done_at=now)
    if (template := catalog.challenges.get(challenge.template or "")) and entry.done_at == now:
        record_rows.follows(tx, who, {*template.needs, *template.grants}, challenge_id, now, has=True)
    teaches = catalog.skills.get(challenge.skill or "")
    skill = teaches if teaches and teaches.slug not in record.learned_at else None
    return Taken(challenge, entry, changed=entry.done_at == now, skill=skill)


def undo(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """Mark a challenge as not done. The member still takes part."""
    members.lock_known(tx, who)
    challenge = _open(tx, who, challenge_id, now)
    changed = entries.undo(tx, who, challenge)
    record_rows.restore_needs(tx, who, challenge_id, now)
    return Taken(challenge, entries.find(tx, who, challenge_id), changed)


def leave(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """Delete a member's entry, with what they did and wrote."""
    members.lock_known(tx, who)
    challenge = _open(tx, who, challenge_id, now)
    record_rows.restore_needs(tx, who, challenge_id, now)
    return Taken(challenge, None, entries.leave(tx, who, challenge))


def to_write(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """Return a challenge about which this member may write a line now. Raise UserError if they may not."""
    challenge = visible(tx, who, challenges.find(tx, who.workspace_id, challenge_id))
    challenge.check_on(now)
    entry = entries.find(tx, who, challenge_id)
    if entry is None or entry.done_at is None:
        raise UserError(NOT_DONE, LIST)
    return Taken(challenge, entry, changed=False)


def write_line(tx: Connection, who: MemberKey, challenge_id: str, line: str, sharing: Sharing, now: datetime) -> Taken:
    """Store a line; a blank one deletes it. A named line goes to the outbox if the challenge shows lines in its thread.

    Raise UserError if the member has not done the challenge, or if the line is too long.
    """
    members.lock_known(tx, who)
    challenge = _open(tx, who, challenge_id, now)
    words = " ".join(line.split())
    if len(words) > MAX_LINE:
        raise UserError(f"That is too long ({MAX_LINE} letters at most).")
    entry = entries.write_line(tx, who, challenge, words or None, sharing)
    if entry is None:
        raise UserError(NOT_DONE, LIST)
    if challenge.shows_entries and words and sharing is Sharing.NAMED:
        posts.plan_line(tx, challenge, entry, now)
    return Taken(challenge, entry, changed=True)


def visible(tx: Connection, who: MemberKey, challenge: Challenge | None, channel: str | None = None) -> Challenge:
    """Return the challenge. Raise UserError if there is none, or if this member may not know about it.

    Only its writer knows a draft. Of a private challenge know its starter, those who take part, and everybody who asks
    in its own channel.
    """
    if challenge is None:
        raise UserError(GONE, LIST)
    hidden = challenge.state is ChallengeState.DRAFT
    if challenge.private and not hidden and channel != challenge.channel:
        hidden = entries.find(tx, who, challenge.challenge_id) is None
    if hidden and challenge.started_by != who.member_id:
        raise UserError(GONE, LIST)
    return challenge


def _open(
    tx: Connection, who: MemberKey, challenge_id: str, now: datetime, seen: MessageRef | None = None
) -> Challenge:
    """Return an open challenge, locked until the transaction ends, so that no recap is counted meanwhile."""
    channel = seen.channel if seen else None
    challenge = visible(tx, who, challenges.lock(tx, who.workspace_id, challenge_id), channel)
    challenge.check_on(now)
    if seen and seen.ts and challenge.ts is None and channel == challenge.channel:
        posts.arrived(tx, challenge, seen.ts, now)
    return challenge
