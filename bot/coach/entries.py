"""A member's part in a challenge: joining, doing, leaving, writing a line about it, and choosing quotes."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach.posts import challenges as posts
from bot.core.catalog import Catalog
from bot.core.challenges import LIST, MAX_LINE, Challenge, ChallengeState, Entry, Sharing, is_last_day
from bot.core.content_types import Skill
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.store import challenges, entries, members, tips

GONE = "That challenge is gone."
NOT_DONE = "Press *I did it* first; then you can share what you learned."
MAX_LINES_READ = 90  # newest lines for the organiser; a modal holds 100 blocks


@dataclass(frozen=True, slots=True)
class Taken:
    """A member's part in a challenge after what they did. `entry` is None if they take no part.

    `skill` is the one that it teaches, if they have not marked it as learned. Only they can say that they learned it.
    """

    challenge: Challenge
    entry: Entry | None
    changed: bool
    skill: Skill | None = None
    quotes_wanted: bool = False  # this member should choose the recap's quotes today


@dataclass(frozen=True, slots=True)
class OrganiserLines:
    """The lines of a challenge that only its organiser may read."""

    challenge: Challenge
    entries: tuple[Entry, ...]


class MessageRef(NamedTuple):
    """A message in Slack."""

    channel: str
    ts: str


def join(
    tx: Connection,
    who: MemberKey,
    challenge_id: str,
    now: datetime,
    seen: MessageRef | None = None,
    channel: str | None = None,
) -> Taken:
    """Let a member take part. A second call changes nothing.

    `seen` is the message whose button was clicked, `channel` where it was clicked. Raise NotMet, and UserError if the
    challenge is over.
    """
    members.lock_known(tx, who)
    challenge = _open(tx, who, challenge_id, now, seen, channel)
    entry = entries.join(tx, who, challenge, secrets.token_hex(8), now)
    return _taken(tx, who, Taken(challenge, entry, changed=entry.joined_at == now), now)


def did(
    tx: Connection,
    catalog: Catalog,
    who: MemberKey,
    challenge_id: str,
    now: datetime,
    seen: MessageRef | None = None,
    channel: str | None = None,
) -> Taken:
    """Mark a challenge as done by a member, who joins by that. Only the first time counts. Raise as `join` does."""
    learned = members.lock_known(tx, who).learned
    challenge = _open(tx, who, challenge_id, now, seen, channel)
    entry = entries.do(tx, who, challenge, secrets.token_hex(8), now)
    if (template := catalog.challenges.get(challenge.template or "")) and entry.done_at == now:
        tips.follows(tx, who, {*template.needs, *template.grants}, template.slug, now, has=True)
    teaches = catalog.skills.get(challenge.skill or "")
    skill = teaches if teaches and teaches.slug not in learned else None
    return _taken(tx, who, Taken(challenge, entry, changed=entry.done_at == now, skill=skill), now)


def undo(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """Mark a challenge as not done. The member still takes part."""
    members.lock_known(tx, who)
    challenge = _open(tx, who, challenge_id, now)
    changed = entries.undo(tx, who, challenge)
    tips.restore_needs(tx, who, challenge.template or "", now)
    return _taken(tx, who, Taken(challenge, entries.find(tx, who, challenge_id), changed), now)


def leave(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """Delete a member's entry, with what they did and wrote."""
    members.lock_known(tx, who)
    challenge = _open(tx, who, challenge_id, now)
    tips.restore_needs(tx, who, challenge.template or "", now)
    return _taken(tx, who, Taken(challenge, None, entries.leave(tx, who, challenge)), now)


def look(tx: Connection, who: MemberKey, challenge_id: str, channel: str | None = None) -> Taken:
    """Return a challenge as this member sees it; `channel` is where they asked.

    Raise UserError if there is none, or if they may not know about it.
    """
    challenge = challenges.find(tx, who.workspace_id, challenge_id)
    entry = entries.find(tx, who, challenge_id)
    return Taken(_visible(challenge, who, entry, channel), entry, changed=False)


def to_write(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """Return a challenge about which this member may write a line now. Raise UserError if they may not."""
    taken = look(tx, who, challenge_id)
    taken.challenge.check_on(now)
    if taken.entry is None or taken.entry.done_at is None:
        raise UserError(NOT_DONE, LIST)
    return taken


def lines_for_organiser(tx: Connection, who: MemberKey, challenge_id: str) -> OrganiserLines:
    """Return the lines that only the organiser may read. Raise UserError for everybody else, other admins too."""
    challenge = challenges.find(tx, who.workspace_id, challenge_id)
    if challenge is None or challenge.started_by != who.member_id:
        raise UserError("Only the member who started a challenge can read the lines for the organiser.", LIST)
    return OrganiserLines(challenge, tuple(entries.lines_for_organiser(tx, challenge, MAX_LINES_READ)))


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


def quotes_wanted(tx: Connection, who: MemberKey, among: Iterable[Challenge], now: datetime) -> frozenset[str]:
    """Return the ids of challenges for which this member should choose quotes now.

    These are challenges that they started, on their last day, with lines to quote, of which they have chosen none.
    The line stays on their own screens until they choose: who only glanced at it in the morning would miss it, and
    nothing is ever sent about it.
    """
    ending = [each for each in among if each.started_by == who.member_id and is_last_day(each, now)]
    if not ending:
        return frozenset()
    return entries.without_quotes(tx, [(each.workspace_id, each.challenge_id) for each in ending])


def _taken(tx: Connection, who: MemberKey, taken: Taken, now: datetime) -> Taken:
    """Return `taken` with whether this member should choose quotes."""
    return replace(taken, quotes_wanted=bool(quotes_wanted(tx, who, [taken.challenge], now)))


def _visible(challenge: Challenge | None, who: MemberKey, entry: Entry | None, channel: str | None) -> Challenge:
    """Return the challenge. Raise UserError if this member may not know about it.

    Everybody who asks in its own channel may know about a private challenge.
    """
    if challenge is not None and challenge.is_visible_to(who.member_id, entry):
        return challenge
    if challenge is not None and challenge.state is not ChallengeState.DRAFT and channel == challenge.channel:
        return challenge
    raise UserError(GONE, LIST)


def _open(
    tx: Connection,
    who: MemberKey,
    challenge_id: str,
    now: datetime,
    seen: MessageRef | None = None,
    channel: str | None = None,
) -> Challenge:
    """Return an open challenge, locked until the transaction ends, so that no recap is counted meanwhile."""
    challenge = challenges.lock(tx, who.workspace_id, challenge_id)
    if challenge is None:
        raise UserError(GONE, LIST)
    if challenge.private:
        _visible(challenge, who, entries.find(tx, who, challenge_id), channel or (seen.channel if seen else None))
    challenge.check_on(now)
    if seen is not None and challenge.ts is None and seen.channel == challenge.channel:
        posts.seen(tx, challenge, seen.ts, now)
    return challenge
