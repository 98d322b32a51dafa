"""Running a challenge for the team: writing it, posting it, ending it, and picking lines for its recap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach import quotes
from bot.coach.entries import GONE
from bot.coach.posts import challenges as posts
from bot.core.admin import Act
from bot.core.challenges import (
    LAST_CALL,
    LIST,
    MAX_QUOTES,
    Challenge,
    ChallengeState,
    Entry,
    Standing,
    has_last_call,
    id_in,
)
from bot.core.errors import UserError
from bot.core.member import MemberKey, WorkspaceSettings
from bot.core.outbox import DeliveryState
from bot.store import audit, challenges, entries, members, outbox, workspaces

LISTED_FOR = timedelta(days=7)  # after its end
LINES_OFFERED = 100  # to pick from, as many as Slack's menu holds


@dataclass(frozen=True, slots=True)
class Blank:
    """What a new challenge starts from."""

    settings: WorkspaceSettings
    zone: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One challenge in a list, with where the reader stands in it, and where its live message stands."""

    challenge: Challenge
    standing: Standing
    entry: Entry | None
    posting: DeliveryState | None
    quotes_wanted: bool = False  # the reader should choose its quotes today


@dataclass(frozen=True, slots=True)
class Listing:
    """What `/roleshift challenge` shows: what is open or ended lately, and what the reader wrote and did not post."""

    who: MemberKey
    items: tuple[Item, ...]
    drafts: tuple[Challenge, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a challenge that its recap may quote."""

    challenge: Challenge
    entries: tuple[Entry, ...]


def blank(tx: Connection, who: MemberKey) -> Blank:
    """Return the workspace's settings and the zone in which the writer's dates are meant."""
    settings = workspaces.settings(tx, who.workspace_id)
    return Blank(settings, members.with_marks(tx, who).member.zone or settings.zone)


def find(tx: Connection, who: MemberKey, challenge_id: str) -> Challenge:
    """Return one challenge. Raise UserError where there is none, and where this member must not know of it."""
    return _check_visible(tx, who, challenges.find(tx, who.workspace_id, challenge_id))


def keep(tx: Connection, who: MemberKey, draft: Challenge) -> Challenge:
    """Keeps a draft, so that a preview can be posted as it stands. Raises NotMet, and UserError if it was posted."""
    members.held(tx, who)
    if not challenges.save(tx, draft):
        raise UserError("That challenge is already posted.", LIST)
    return draft


def post(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Challenge:
    """Makes a challenge of a draft and owes its live message, in one go; the second press changes nothing."""
    members.held(tx, who)
    draft = find(tx, who, challenge_id)
    if draft.state is not ChallengeState.DRAFT:
        return draft
    if draft.started_by != who.member_id:
        raise UserError(GONE, LIST)
    starts_at = max(draft.starts_at or now, now)
    if draft.ends_at <= starts_at:
        raise UserError("Its last day passed before it was posted. Press *Change it* and choose a later one.", LIST)
    posted = challenges.post(tx, draft, starts_at)
    if posted is None:
        return find(tx, who, challenge_id)
    posts.announce(tx, posted)
    audit.record(tx, who, Act.CHALLENGE_POSTED, now, subject=challenge_id)
    return posted


def post_again(tx: Connection, who: MemberKey, key: str, now: datetime) -> Challenge:
    """Owes a post again that Slack refused or did not confirm. Raises UserError where nothing is to be repeated."""
    members.held(tx, who)
    one = find(tx, who, id_in(key))
    if one.state is ChallengeState.DRAFT:
        return post(tx, who, one.challenge_id, now)
    if one.ts is not None and key == one.key:
        raise UserError("It is already posted.", LIST)
    wanted = key == (one.key if one.state is ChallengeState.OPEN else posts.recap_key(one))
    if not wanted or not outbox.plan_anew(tx, who.workspace_id, key, now):
        raise UserError("There is nothing to post again: it is on its way, or its time is over.", LIST)
    audit.record(tx, who, Act.CHALLENGE_POSTED_AGAIN, now, subject=one.challenge_id)
    return one


def close(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Challenge:
    """Ends a challenge before its time; its recap follows. The second press changes nothing."""
    members.held(tx, who)
    return _end(tx, who, find(tx, who, challenge_id), ChallengeState.CLOSED, Act.CHALLENGE_CLOSED, now)


def cancel(tx: Connection, who: MemberKey, challenge_id: str, now: datetime) -> Challenge:
    """Calls a challenge off; no recap follows. A draft is discarded by whoever wrote it."""
    members.held(tx, who)
    one = find(tx, who, challenge_id)
    if one.state is ChallengeState.DRAFT and challenges.discard(tx, one, who.member_id):
        return one
    return _end(tx, who, one, ChallengeState.CANCELLED, Act.CHALLENGE_CANCELLED, now)


def close_due(tx: Connection, now: datetime) -> int:
    """Closes all whose end has come, and owes their recaps; how many. Across all workspaces."""
    closed = challenges.close_due(tx, now)
    for one in closed:
        _after(tx, one, now)
    return len(closed)


def call_last(tx: Connection, now: datetime) -> int:
    """Tells those who joined and have not done it, two days before the end; of how many challenges."""
    ending = [one for one in challenges.call_last(tx, now, now + LAST_CALL) if has_last_call(one, now)]
    for one in ending:
        posts.owe_last_calls(tx, one, now)
    return len(ending)


def listing(tx: Connection, who: MemberKey, now: datetime) -> Listing:
    """What is open and what ended lately, in two statements at any number."""
    seen = challenges.seen_by(tx, who, now - LISTED_FOR)
    drafts = tuple(one.challenge for one in seen if one.challenge.state is ChallengeState.DRAFT)
    posted = [one for one in seen if one.challenge.state is not ChallengeState.DRAFT]
    states = outbox.states_of(tx, who.workspace_id, [one.challenge.key for one in posted])
    wanted = quotes.wanted(tx, who, [each.challenge for each in posted], now)
    items = tuple(Item(*each, states.get(each.challenge.key), each.challenge.challenge_id in wanted) for each in posted)
    return Listing(who, items, drafts, now)


def lines(tx: Connection, who: MemberKey, challenge_id: str) -> Lines:
    """The lines to pick from. Raises UserError where there is no such challenge, or nothing to pick."""
    one = find(tx, who, challenge_id)
    if one.state is not ChallengeState.OPEN:
        raise UserError("That challenge is over, so its recap can't be changed any more.", LIST)
    found = tuple(entries.lines(tx, one, LINES_OFFERED))
    if not found:
        raise UserError("Nobody has shared anything that may be quoted yet. Look again later.", LIST)
    return Lines(one, found)


def pick(tx: Connection, who: MemberKey, challenge_id: str, entry_ids: Sequence[str], now: datetime) -> Challenge:
    """These lines go into the recap, five at most, and no others. Raises UserError once it is over."""
    members.held(tx, who)
    one = _check_visible(tx, who, challenges.held(tx, who.workspace_id, challenge_id))
    if one.state is not ChallengeState.OPEN:
        raise UserError("That challenge is over, so its recap can't be changed any more.", LIST)
    if len(entry_ids) > MAX_QUOTES:
        raise UserError(f"A recap holds {MAX_QUOTES} quotes at most.", LIST)
    entries.pick(tx, one, entry_ids)
    audit.record(tx, who, Act.LINES_PICKED, now, subject=challenge_id)
    return one


def sweep(tx: Connection, before: datetime) -> int:
    """Lets go of drafts that nobody posted."""
    return challenges.sweep(tx, before)


def _check_visible(tx: Connection, who: MemberKey, found: Challenge | None) -> Challenge:
    if found is None:
        raise UserError(GONE, LIST)
    entry = entries.find(tx, who, found.challenge_id) if found.private else None
    if not found.is_visible_to(who.member_id, entry):
        raise UserError(GONE, LIST)
    return found


def _end(tx: Connection, who: MemberKey, one: Challenge, state: ChallengeState, act: Act, now: datetime) -> Challenge:
    ended = challenges.end(tx, one, state, now)
    if ended is None:
        return one
    audit.record(tx, who, act, now, subject=one.challenge_id)
    _after(tx, ended, now)
    return ended


def _after(tx: Connection, one: Challenge, now: datetime) -> None:
    """Nothing more is posted of it, but for the recap of one that was seen."""
    outbox.call_off(tx, one.workspace_id, one.key, "it is over", now)
    if one.state is ChallengeState.CLOSED and (one.ts is not None or entries.standing(tx, one).joined):
        posts.owe_recap(tx, one, now)
