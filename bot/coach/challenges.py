"""Run a challenge: permissions, drafts, posting, the live message, and ending; and a member's part in one."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach.act import Act
from bot.coach.posts import answers, challenges as challenge_posts
from bot.coach.posts.answers import SETTLED
from bot.core.calendar import at_local, zone_of
from bot.core.challenges import CLOSING, LIST, MONTH, Challenge, ChallengeState, Entry, Standing, Suggestion, shown
from bot.core.content_types import Skill
from bot.core.errors import NextStep, UserError
from bot.core.member import AdminAct, MemberKey
from bot.core.outbox import DeliveryState, Kind, challenge_in, key_of
from bot.core.team import Team
from bot.outbox import deliveries
from bot.store import challenges, entries, facts, teams, workspaces
from bot.store.challenges import Live, Seen

GONE = "That challenge is gone."
NOT_DONE = "Press *I did it* first; then you can share what you learned."
TEAM_PROJECT = NextStep("The team's project", "team", "project")
PAUSE = timedelta(seconds=5)  # between two changes of a live message: Slack accepts one in 3 s
LEASE = timedelta(seconds=30)
MAX_PAUSE = 2 * LEASE  # a longer one was set before a clock was set back; clocks of workers may differ a little


@dataclass(frozen=True, slots=True)
class Details:
    challenge: Challenge
    entry: Entry | None
    standing: Standing
    posting: DeliveryState | None = None  # of its live message
    reason: str | None = None  # why Slack refused that
    own: bool = False  # they started it
    may_run: bool = False  # without being an admin


class Listing(NamedTuple):
    """What `/roleshift challenge` shows: challenges that are open or ended recently, and the reader's own drafts."""

    items: tuple[Seen, ...]
    suggestions: tuple[Suggestion, ...] = ()  # of all members if the reader is an admin, else their own
    may_start: bool = False


class Taken(NamedTuple):
    """A member's part in a challenge after what they did. `entry` is None if they take no part."""

    challenge: Challenge
    entry: Entry | None
    changed: bool
    skill: Skill | None = None  # that it teaches and they did not mark: only they can say that they learned it


class MessageRef(NamedTuple):
    """A message in Slack; without `ts`, one that only its reader sees."""

    channel: str
    ts: str = ""


def may_start(act: Act, channel: str | None = None) -> bool:
    """Return whether this member may start challenges without being an admin: all may, or it is for their team."""
    if workspaces.settings(act.tx, act.who.workspace_id).members_may_challenge:
        return True
    lead = teams.led_by(act.tx, act.who)
    return lead is not None and channel in {None, lead.team.channel}


def may_run(act: Act, challenge_id: str) -> bool:
    """Return whether a member may run their own challenge, or a team's as its lead. Raise UserError as `find` does."""
    challenge = find(act, challenge_id)
    if challenge.team_id is not None:
        lead = teams.led_by(act.tx, act.who)
        return lead is not None and lead.team.team_id == challenge.team_id
    return challenge.started_by == act.who.member_id and may_start(act, challenge.channel)


def look(act: Act, challenge_id: str, channel: str | None = None) -> Details:
    """Return a challenge as this member sees it; `channel` is where they asked. Raise UserError as `find` does."""
    challenge = find(act, challenge_id, channel)
    found = deliveries.find(act.tx, act.who.workspace_id, challenge.key)
    posting, reason = (found.state, found.delivery.reason) if found else (None, None)
    entry, standing = entries.find(act.tx, act.who, challenge_id), challenges.standing(act.tx, challenge)
    own = challenge.started_by == act.who.member_id
    return Details(challenge, entry, standing, posting, reason, own, own and may_start(act, challenge.channel))


def keep(act: Act, draft: Challenge) -> Challenge:
    """Store a draft, so that its preview can be posted unchanged. Raise NotMet, and UserError if it was posted."""
    act.lock()
    if not challenges.save(act.tx, draft):
        raise UserError("That challenge is already posted.", LIST)
    return draft


def post(act: Act, challenge_id: str) -> Challenge:
    """Open a draft and put its live message into the outbox, in one transaction. A second call changes nothing."""
    act.lock()
    draft = find(act, challenge_id)
    if draft.state is not ChallengeState.DRAFT:
        return draft
    if draft.started_by != act.who.member_id:
        raise UserError(GONE, LIST)
    if draft.team_id is not None:
        workspaces.lock(act.tx, act.who.workspace_id)  # two of them may be posted at once
        team = find_team(act, draft.team_id)
        if running := running_project(act, team.team_id):
            raise UserError(f"Its project is *{running.title}* now. Close that one first.", TEAM_PROJECT)
        zone = act.read().zone  # it ends while people there still work, and its recap comes then
        last_day = act.now.astimezone(zone_of(zone)).date() + MONTH
        draft = replace(draft, channel=team.channel, ends_at=at_local(last_day, CLOSING, zone))
        challenges.save(act.tx, draft)
    if draft.ends_at <= act.now:
        raise UserError("Its last day passed before it was posted. Press *Change it* and choose a later one.", LIST)
    posted = challenges.post(act.tx, draft, act.now)
    if posted is None:
        return find(act, challenge_id)
    challenge_posts.plan(act.tx, posted, Kind.CHALLENGE, act.now)
    settle(act, challenge_id, started=True)
    act.audit(AdminAct.CHALLENGE_POSTED, subject=challenge_id)
    return posted


def find_team(act: Act, team_id: str) -> Team:
    """Return a team. Raise UserError if it was removed."""
    for team in teams.of_workspace(act.tx, act.who.workspace_id):
        if team.team_id == team_id:
            return team
    raise UserError("That team is gone. Pick a project for another one.", TEAM_PROJECT)


def running_project(act: Act, team_id: str) -> Challenge | None:
    its = challenges.projects_of(act.tx, act.who.workspace_id, team_id, act.now)
    return next((each for each in its if each.is_on(act.now)), None)


def post_again(act: Act, key: str) -> Challenge:
    """Retry a post that Slack refused or did not confirm. Raise UserError if there is nothing to post again."""
    act.lock()
    challenge = find(act, challenge_in(key))
    if challenge.state is ChallengeState.DRAFT:
        return post(act, challenge.challenge_id)
    step = TEAM_PROJECT if challenge.team_id else LIST
    if challenge.ts is not None and key.startswith(Kind.CHALLENGE):
        raise UserError("It is posted.", step)
    last = challenge.key if challenge.state is ChallengeState.OPEN else key_of(Kind.RECAP, challenge.challenge_id)
    if key != last or not deliveries.retry(act.tx, act.who.workspace_id, key, act.now):
        raise UserError("There is nothing to post again: it is on its way, or its time is over.", step)
    act.audit(AdminAct.CHALLENGE_POSTED_AGAIN, subject=challenge.challenge_id)
    return challenge


def close(act: Act, challenge_id: str) -> Challenge:
    """Close a challenge early and put its recap into the outbox. A second call changes nothing."""
    act.lock()
    return _end(act, find(act, challenge_id), ChallengeState.CLOSED, AdminAct.CHALLENGE_CLOSED)


def cancel(act: Act, challenge_id: str) -> Challenge:
    """Cancel a challenge without a recap. Its writer discards a draft this way."""
    act.lock()
    challenge = find(act, challenge_id)
    if challenge.state is ChallengeState.DRAFT and challenges.discard(act.tx, challenge, act.who.member_id):
        return challenge
    return _end(act, challenge, ChallengeState.CANCELLED, AdminAct.CHALLENGE_CANCELLED)


def close_due(tx: Connection, now: datetime) -> int:
    """Close all challenges whose end has come, across all workspaces. Return their number."""
    closed = challenges.close_due(tx, now)
    for challenge in closed:
        challenge_posts.end(tx, challenge, now)
    return len(closed)


def suggest(act: Act, suggestion: Suggestion) -> None:
    """Store a member's suggestion, in place of an earlier one. Raise NotMet."""
    act.lock()
    entries.save_suggestion(act.tx, act.who, suggestion, act.now)


def settle(act: Act, suggestion_id: str, *, started: bool) -> None:
    """Record what became of what a colleague suggested, and tell them. Raise NotMet."""
    act.lock()
    made = entries.settle_suggestion(act.tx, act.who.workspace_id, suggestion_id, started=started)
    if made is not None and made != act.who.member_id:
        words = [suggestion_id] if started else []
        answers.inform(act.tx, MemberKey(act.who.workspace_id, made), suggestion_id, SETTLED, words, act.now)


def listing(act: Act, *, is_admin: bool = False) -> Listing:
    """Return what concerns this member, in a constant number of statements."""
    seen = challenges.seen_by(act.tx, act.who, act.now - timedelta(days=7))
    found = deliveries.find_all(act.tx, act.who.workspace_id, [each.challenge.key for each in seen]) if seen else {}
    states = {key: each.state for key, each in found.items()}
    items = tuple(each._replace(posting=states.get(each.challenge.key)) for each in seen)
    made = entries.suggestions(act.tx, act.who, 10, of_all=is_admin)
    return Listing(items, tuple(made), is_admin or may_start(act))


def outdated(tx: Connection, now: datetime) -> list[Live]:
    """Return the live messages to change now, across all workspaces. A challenge about to be closed waits for that."""
    live = challenges.live(tx, now, now + MAX_PAUSE)
    stays = (each for each in live if each.challenge.state is not ChallengeState.OPEN or each.challenge.is_on(now))
    return [each for each in stays if each.shown != shown(each.challenge, each.standing)]


def claim_update(tx: Connection, challenge: Challenge, now: datetime) -> datetime | None:
    """Take a lease of 30 s to change a live message. Return its end; None if another worker has it, or in a pause."""
    lease = now + LEASE
    return lease if challenges.claim_update(tx, challenge, now, lease, now + MAX_PAUSE) else None


def showed(tx: Connection, message: Live, lease: datetime, now: datetime) -> None:
    """Record the update of a live message or its permanent refusal. Ended challenges get no further updates."""
    says = shown(message.challenge, message.standing)
    challenges.showed(tx, message.challenge, says, lease, now + PAUSE)


def _end(act: Act, challenge: Challenge, state: ChallengeState, how: AdminAct) -> Challenge:
    ended = challenges.end(act.tx, challenge, state, act.now)
    if ended is None:
        return challenge
    act.audit(how, subject=challenge.challenge_id)
    challenge_posts.end(act.tx, ended, act.now)
    return ended


# A member's part in one.


def join(act: Act, challenge_id: str, seen: MessageRef | None = None) -> Taken:
    """Let a member take part, once. `seen`: the message whose button was clicked. Raise UserError and NotMet."""
    act.lock()
    challenge = _open(act, challenge_id, seen)
    entry = entries.join(act.tx, act.who, challenge, secrets.token_hex(8), act.now)
    return Taken(challenge, entry, changed=entry.joined_at == act.now)


def did(act: Act, challenge_id: str, seen: MessageRef | None = None) -> Taken:
    """Mark a challenge as done by a member, who joins by that. Only the first time counts. Raise as `join` does."""
    act.lock()
    record = act.read()
    challenge = _open(act, challenge_id, seen)
    entry = entries.join(act.tx, act.who, challenge, secrets.token_hex(8), act.now, done_at=act.now)
    if (template := act.catalog.challenges.get(challenge.template or "")) and entry.done_at == act.now:
        has = dict.fromkeys((*template.needs, *template.grants), True)
        facts.save_needs(act.tx, act.who, has, act.now, challenge_id)
    teaches = act.catalog.skills.get(challenge.skill or "")
    skill = teaches if teaches and teaches.slug not in record.learned_at else None
    return Taken(challenge, entry, changed=entry.done_at == act.now, skill=skill)


def take_back(act: Act, challenge_id: str, *, leaves: bool) -> Taken:
    """Mark a challenge as not done. Or leave it, which deletes what the member did and wrote. Raise as `join` does."""
    act.lock()
    challenge = _open(act, challenge_id)
    changed = (entries.leave if leaves else entries.undo)(act.tx, act.who, challenge)
    facts.restore_needs(act.tx, act.who, challenge_id, act.now)
    return Taken(challenge, entries.find(act.tx, act.who, challenge_id), changed)


def to_write(act: Act, challenge_id: str) -> Taken:
    """Return a challenge about which this member may write a line now. Raise UserError if they may not."""
    challenge = find(act, challenge_id)
    challenge.check_on(act.now)
    entry = entries.find(act.tx, act.who, challenge_id)
    if entry is None or entry.done_at is None:
        raise UserError(NOT_DONE, LIST)
    return Taken(challenge, entry, changed=False)


def write_line(act: Act, challenge_id: str, line: str) -> Taken:
    """Store a line, which the recap may quote with a name; a blank one deletes it. Raise UserError and NotMet."""
    act.lock()
    challenge = _open(act, challenge_id)
    entry = entries.write_line(act.tx, act.who, challenge, " ".join(line.split()) or None)
    if entry is None:
        raise UserError(NOT_DONE, LIST)
    return Taken(challenge, entry, changed=True)


def find(act: Act, challenge_id: str, channel: str | None = None, *, lock: bool = False) -> Challenge:
    """Return a challenge. Raise UserError if there is none, or if this member may not know about it.

    Only its writer knows a draft; its starter, who takes part and who asks in its own `channel`, a private challenge.
    """
    challenge = challenges.find(act.tx, act.who.workspace_id, challenge_id, lock=lock)
    if challenge is None:
        raise UserError(GONE, LIST)
    hidden = challenge.state is ChallengeState.DRAFT
    if challenge.private and not hidden and channel != challenge.channel:
        hidden = entries.find(act.tx, act.who, challenge.challenge_id) is None
    if hidden and challenge.started_by != act.who.member_id:
        raise UserError(GONE, LIST)
    return challenge


def _open(act: Act, challenge_id: str, seen: MessageRef | None = None) -> Challenge:
    """Return an open challenge, locked until the transaction ends, so that no recap is counted meanwhile."""
    challenge = find(act, challenge_id, seen.channel if seen else None, lock=True)
    challenge.check_on(act.now)
    if seen and seen.ts and challenge.ts is None and seen.channel == challenge.channel:
        challenge_posts.arrived(act.tx, challenge, seen.ts, act.now)
    return challenge
