"""The live message of a challenge: whether it is out of date, and which worker may change it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.challenges import Challenge, ChallengeState, Standing, shown
from bot.store import live as rows
from bot.store import pauses
from bot.store.live import NextChange

QUICK_CHANGES = 5  # the first changes of a live message, which people wait for
QUICK_PAUSE = timedelta(seconds=3)  # between two of them: Slack accepts one update of a message per 3 s
LATER_PAUSE = timedelta(seconds=30)  # between two later changes
MAX_PAUSE = 2 * LATER_PAUSE  # a longer one was set before a clock was set back; clocks of workers may differ a little


@dataclass(frozen=True, slots=True)
class Outdated:
    """A live message that no longer shows the state of its challenge."""

    challenge: Challenge
    standing: Standing
    says: str  # the short key of what it should say


def outdated(tx: Connection, now: datetime) -> list[Outdated]:
    """Return the live messages to change now, across all workspaces. A challenge about to be closed waits for that."""
    running = [each for each in rows.live(tx, now, now + MAX_PAUSE) if not each.challenge.is_over(now)]
    current = [(each, shown(each.challenge, each.standing)) for each in running]
    return [Outdated(live.challenge, live.standing, says) for live, says in current if live.shown != says]


def claim(tx: Connection, challenge: Challenge, now: datetime) -> bool:
    """Take a lease of 30 s to change it. Return False if another worker has it, or if its workspace is paused."""
    return rows.claim_update(tx, challenge, now, now + LATER_PAUSE, now + MAX_PAUSE)


def showed(tx: Connection, live: Outdated, now: datetime) -> None:
    """Record the update or its permanent refusal. Ended challenges get no further updates."""
    next_change = NextChange(QUICK_CHANGES, now + QUICK_PAUSE, now + LATER_PAUSE)
    if live.challenge.state is not ChallengeState.OPEN:
        next_change = NextChange(QUICK_CHANGES, None, None)
    rows.showed(tx, live.challenge, live.says, next_change)


def wait(tx: Connection, challenge: Challenge, pause: timedelta) -> None:
    """Pause the workspace, because it has reached Slack's rate limit."""
    pauses.pause(tx, challenge.workspace_id, pause.total_seconds())
