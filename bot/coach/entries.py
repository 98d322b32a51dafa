"""What a member does with a challenge: joins, has done it, writes a line about it, and takes any of that back."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach import quotes
from bot.coach.posts import challenges as posts
from bot.core.catalog import Catalog, Skill
from bot.core.challenges import LIST, MAX_LINE, Challenge, ChallengeState, Entry, Sharing
from bot.core.errors import UserError
from bot.core.member import MemberKey
from bot.store import challenges, entries, members

GONE = "That challenge is gone."
NOT_DONE = "Press *I did it* first; then you can share what you learned."
LINES_READ = 90  # newest lines for the organiser; a modal holds 100 blocks


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a member stands with a challenge after what they did; `entry` is None where they take no part.

    `skill` is the one that it teaches, if they have not marked it yet: whether they have learned it is theirs to say.
    """

    challenge: Challenge
    entry: Entry | None
    changed: bool
    skill: Skill | None = None
    quotes_wanted: bool = False  # this member should choose the recap's quotes today


@dataclass(frozen=True, slots=True)
class OrganiserLines:
    """The lines of a challenge that their writers meant for its organiser alone."""

    challenge: Challenge
    entries: tuple[Entry, ...]


class Place(NamedTuple):
    """A message, as Slack names it."""

    channel: str
    ts: str


def join(
    tx: Connection,
    who: MemberKey,
    challenge_id: str,
    now: datetime,
    seen: Place | None = None,
    channel: str | None = None,
) -> Taken:
    """*I'm in*; said again, all stays as it is. `seen`: the message whose button was pressed; `channel`: where.

    Raises NotMet, and UserError where the challenge is over.
    """
    members.held(tx, who)
    one = _open(tx, who, challenge_id, now, seen, channel)
    entry = entries.join(tx, who, one, secrets.token_hex(8), now)
    return _taken(tx, who, Taken(one, entry, changed=entry.joined_at == now), now)


def did(
    tx: Connection,
    catalog: Catalog,
    who: MemberKey,
    challenge_id: str,
    now: datetime,
    seen: Place | None = None,
    channel: str | None = None,
) -> Taken:
    """*I did it*, which counts once, and as having joined. The rest is as with `join`."""
    learned = members.held(tx, who).learned
    one = _open(tx, who, challenge_id, now, seen, channel)
    entry = entries.do(tx, who, one, secrets.token_hex(8), now)
    teaches = catalog.skills.get(one.skill or "")
    skill = teaches if teaches and teaches.slug not in learned else None
    return _taken(tx, who, Taken(one, entry, changed=entry.done_at == now, skill=skill), now)


def undo(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """Takes *I did it* back; they are still in."""
    members.held(tx, who)
    one = _open(tx, who, challenge_id, now)
    changed = entries.undo(tx, who, one)
    return _taken(tx, who, Taken(one, entries.find(tx, who, challenge_id), changed), now)


def leave(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """Takes *I'm in* back, and with it all that was done and written."""
    members.held(tx, who)
    one = _open(tx, who, challenge_id, now)
    return _taken(tx, who, Taken(one, None, entries.leave(tx, who, one)), now)


def look(tx: Connection, who: MemberKey, challenge_id: str, channel: str | None = None) -> Taken:
    """Return a challenge as this member sees it; `channel` is where they asked.

    Raise UserError where there is none, and where they must not know of it.
    """
    found = challenges.find(tx, who.workspace_id, challenge_id)
    entry = entries.find(tx, who, challenge_id)
    return Taken(_visible(found, who, entry, channel), entry, changed=False)


def to_write(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Taken:
    """The same for somebody who may write a line now; raises UserError for others, before they write in vain."""
    found = look(tx, who, challenge_id)
    found.challenge.check_on(now)
    if found.entry is None or found.entry.done_at is None:
        raise UserError(NOT_DONE, LIST)
    return found


def lines_for_organiser(tx: Connection, who: MemberKey, challenge_id: str) -> OrganiserLines:
    """Return the lines that are for the organiser alone. Raise UserError for everybody else, other admins too."""
    found = challenges.find(tx, who.workspace_id, challenge_id)
    if found is None or found.started_by != who.member_id:
        raise UserError("Only who started a challenge can read the lines for the organiser.", LIST)
    return OrganiserLines(found, tuple(entries.lines_for_organiser(tx, found, LINES_READ)))


def write_line(tx: Connection, who: MemberKey, challenge_id: str, line: str, sharing: Sharing, now: datetime) -> Taken:
    """Keeps a line, or takes it back where it is blank; a line with a name goes to the thread, if that was settled.

    Raises UserError for somebody who has not done it, and for more than 300 letters.
    """
    members.held(tx, who)
    one = _open(tx, who, challenge_id, now)
    words = " ".join(line.split())
    if len(words) > MAX_LINE:
        raise UserError(f"That is too long ({MAX_LINE} letters at most).")
    entry = entries.write_line(tx, who, one, words or None, sharing)
    if entry is None:
        raise UserError(NOT_DONE, LIST)
    if one.shows_entries and words and sharing is Sharing.NAMED:
        posts.owe_line(tx, one, entry, now)
    return Taken(one, entry, changed=True)


def _taken(tx: Connection, who: MemberKey, taken: Taken, now: datetime) -> Taken:
    """Return what a member did, with whether they should choose quotes."""
    return replace(taken, quotes_wanted=bool(quotes.wanted(tx, who, [taken.challenge], now)))


def _visible(found: Challenge | None, who: MemberKey, entry: Entry | None, channel: str | None) -> Challenge:
    """Return the challenge if this member may know of it: a private one also who asks in its own channel."""
    if found is not None and found.is_visible_to(who.member_id, entry):
        return found
    if found is not None and found.state is not ChallengeState.DRAFT and channel == found.channel:
        return found
    raise UserError(GONE, LIST)


def _open(
    tx: Connection,
    who: MemberKey,
    challenge_id: str,
    now: datetime,
    seen: Place | None = None,
    channel: str | None = None,
) -> Challenge:
    """Held until the end of the transaction, so that nothing is stored once the count of a recap is taken."""
    one = challenges.lock(tx, who.workspace_id, challenge_id)
    if one is None:
        raise UserError(GONE, LIST)
    if one.private:
        _visible(one, who, entries.find(tx, who, challenge_id), channel or (seen.channel if seen else None))
    one.check_on(now)
    if seen is not None and one.ts is None and seen.channel == one.channel:
        posts.seen(tx, one, seen.ts, now)
    return one
