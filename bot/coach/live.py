"""The live message of a challenge: whether it says what is true, and who may change it now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.challenges import Challenge, Standing, State, shown
from bot.store import challenges, pace, workspaces

AT_MOST_EVERY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Outdated:
    """A live message that says something else than what is true at this moment."""

    challenge: Challenge
    standing: Standing
    says: str  # what it should, in short


def outdated(tx: Connection, now: datetime) -> list[Outdated]:
    """Those that may be changed now and should be; across all workspaces. One about to be closed waits for that."""
    waits = [one for one in challenges.live(tx, now) if not one.challenge.is_over(now)]
    found = [(one, shown(one.challenge, one.standing, now)) for one in waits]
    return [Outdated(one.challenge, one.standing, true) for one, true in found if one.shown != true]


def claim(tx: Connection, one: Challenge, now: datetime) -> bool:
    """Takes the right to change it, for thirty seconds; False if another worker has it, or its workspace waits."""
    return challenges.claim_update(tx, one, now, now + AT_MOST_EVERY)


def showed(tx: Connection, one: Outdated, now: datetime) -> None:
    """It says so now, or Slack will not have it; one that has ended is left alone for good."""
    later = now + AT_MOST_EVERY if one.challenge.state is State.OPEN else None
    challenges.showed(tx, one.challenge, one.says, later)


def disconnected(tx: Connection, one: Challenge, why: str, now: datetime) -> None:
    """Slack takes nothing from us there any more: the message is made true once the workspace connects again."""
    workspaces.disconnect(tx, one.workspace_id, why, now)


def wait(tx: Connection, one: Challenge, pause: timedelta) -> None:
    """Slack asks for patience with the whole workspace."""
    pace.hold(tx, one.workspace_id, pause.total_seconds())
