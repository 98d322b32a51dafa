"""A member's part in a challenge: joining, doing, leaving and writing a line about it."""

import secrets
from typing import NamedTuple

from bot.coach.act import Act
from bot.coach.posts import challenges as challenge_posts
from bot.core.challenges import LIST, Challenge, ChallengeState, Entry
from bot.core.content_types import Skill
from bot.core.errors import UserError
from bot.store import challenges, entries, facts

GONE = "That challenge is gone."
NOT_DONE = "Press *I did it* first; then you can share what you learned."


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
