"""The live message of a challenge: whether it says what is true, and who may change it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.challenges import Challenge, ChallengeState, Standing, shown
from bot.store import challenges, limiter, workspaces
from bot.store.challenges import NextChange

QUICK_CHANGES = 5  # the first changes of a live message, which people wait for
QUICK_PAUSE = timedelta(seconds=3)  # between two of them: Slack accepts one update of a message per 3 s
AT_MOST_EVERY = timedelta(seconds=30)  # between two later changes


@dataclass(frozen=True, slots=True)
class Outdated:
    """A live message that says something else than what is true at this moment."""

    challenge: Challenge
    standing: Standing
    says: str  # what it should, in short


def outdated(tx: Connection, now: datetime) -> list[Outdated]:
    """Those that may be changed now and should be; across all workspaces. One about to be closed waits for that."""
    waits = [one for one in challenges.live(tx, now) if not one.challenge.is_over(now)]
    found = [(one, shown(one.challenge, one.standing)) for one in waits]
    return [Outdated(one.challenge, one.standing, true) for one, true in found if one.shown != true]


def claim(tx: Connection, one: Challenge, now: datetime) -> bool:
    """Take the right to change it for 30 s. Return False if another worker has it, or if its workspace waits."""
    return challenges.claim_update(tx, one, now, now + AT_MOST_EVERY)


def showed(tx: Connection, one: Outdated, now: datetime) -> None:
    """Record that the message says so now, or that Slack refused it for good. An ended one never changes again."""
    next_change = NextChange(QUICK_CHANGES, now + QUICK_PAUSE, now + AT_MOST_EVERY)
    if one.challenge.state is not ChallengeState.OPEN:
        next_change = NextChange(QUICK_CHANGES, None, None)
    challenges.showed(tx, one.challenge, one.says, next_change)


def disconnected(tx: Connection, one: Challenge, why: str, now: datetime) -> None:
    """Slack takes nothing from us there any more: the message is made true once the workspace connects again."""
    workspaces.disconnect(tx, one.workspace_id, why, now)


def wait(tx: Connection, one: Challenge, pause: timedelta) -> None:
    """Slack asks for patience with the whole workspace."""
    limiter.pause(tx, one.workspace_id, pause.total_seconds())
