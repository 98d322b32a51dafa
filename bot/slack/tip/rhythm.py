"""The question after three tips without a click: how to go on. Its answer takes the question's place."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from bot.coach.practice import TipSeen
from bot.coach.schedules import Tips
from bot.core.rhythm import Wish
from bot.slack.blocks import actions, button, day, divider, moment, overflow, section
from bot.slack.message import Block
from bot.slack.tip.ref import TipRef

RHYTHM = "how-often"
LABELS = {
    Wish.SECOND: "Every second week",
    Wish.SHORT: "Only short tips",
    Wish.PAUSE: "Pause",
    Wish.WEEKLY: "Keep it weekly",
}
NOTED = {
    Wish.SECOND: "Every second week from now on.",
    Wish.SHORT: "Only tips of 15 minutes at most from now on.",
    Wish.WEEKLY: "One tip a week, as before.",
}


class RhythmWish(NamedTuple):
    """An answer to the question, and the message in which it stands."""

    ref: TipRef
    wish: Wish

    @property
    def value(self) -> str:
        return f"{self.ref.value} {self.wish}"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        ref, _, wish = value.partition(" ")
        return cls(TipRef.parse(ref), Wish(wish))


def in_tip(ref: TipRef, seen: TipSeen | None) -> Iterator[Block]:
    """Yield the question, and a line below it. It goes at the first click, which says that the member is there."""
    if ref.asks_rhythm and seen is None:
        yield section("I can't tell whether these tips help you. *How shall we go on?*")
        yield actions(*(button(label, RHYTHM, RhythmWish(ref, wish).value) for wish, label in LABELS.items()))
        yield divider()


def noted(wish: Wish, found: Tips) -> Block:
    """Return what stands in place of the question after its answer."""
    schedule = found.schedule
    if not found.on:
        return section("Weekly tips are off.")
    if wish is Wish.PAUSE and schedule.paused_until:
        resume = overflow(("Resume", "tips", "resume"), of=RHYTHM)
        return section(f"Paused until {day(schedule.paused_until, schedule.zone)}.", resume)
    return section(f"{NOTED.get(wish, '')} The next one comes on {moment(schedule.comes_at, schedule.zone)}.".strip())
