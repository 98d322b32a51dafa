"""The first hour: after a member did their first tip, whether one may come weekly, and how hard it was."""

from enum import StrEnum
from typing import NamedTuple

from bot.coach import practice, schedules
from bot.coach.act import Act
from bot.coach.practice import TipSeen, WeeklyKey
from bot.core.calendar import Slot
from bot.core.content_types import Level
from bot.store import members


class Weekly(NamedTuple):
    """A member's answer to the question about weekly tips. No slot or zone: the usual ones."""

    wanted: bool
    slot: Slot | None = None
    zone: str | None = None


class Felt(StrEnum):
    """How a member found their first tip."""

    EASY = "easy"
    RIGHT = "right"
    HARD = "hard"


def set_level(act: Act, level: Level) -> Level:
    """Store how far a member is with AI. Raise NotMet."""
    act.lock()
    members.set_level(act.tx, act.who, level)
    return level


def say_how_it_was(act: Act, tip_id: str, key: WeeklyKey, felt: Felt) -> TipSeen:
    """Store which list of projects a member gets, and whether small versions come first. Raise UserError, NotMet."""
    act.lock()
    level = Level.DAILY if felt is Felt.EASY else Level.NEW
    members.set_level(act.tx, act.who, level, small_first=felt is Felt.HARD)
    return practice.see(act, tip_id, key)


def answer_on_tip(act: Act, tip_id: str, key: WeeklyKey, weekly: Weekly) -> TipSeen:
    """Start weekly tips or leave them off, and return the tip under which that was asked. Raise UserError, NotMet.

    The tip says which, so no welcome comes.
    """
    if weekly.wanted:
        schedules.accept(act, weekly.slot, weekly.zone, welcomes=False)
    else:
        schedules.decline(act)
    return practice.see(act, tip_id, key)
