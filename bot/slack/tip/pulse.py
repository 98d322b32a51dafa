"""The pulse in a weekly message: a question about the team, counted in fives and never shown with a name."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from bot.core.pulse import SAYS, Opinion
from bot.slack.blocks import actions, button, context, divider, section
from bot.slack.message import Block
from bot.slack.tip.ref import TipRef

PULSE = "pulse"
LABELS = {Opinion.AGREE: "Agree", Opinion.PARTLY: "Partly", Opinion.NO: "No"}
THANKS = context("Thank you. It is counted in fives, without your name.")


class PulseAnswer(NamedTuple):
    """An answer to the question in a weekly message."""

    ref: TipRef
    opinion: Opinion

    @property
    def value(self) -> str:
        return f"{self.ref.value} {self.opinion}"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        ref, _, opinion = value.partition(" ")
        parsed = TipRef.parse(ref)
        if parsed.pulse is None:
            raise ValueError
        return cls(parsed, Opinion(opinion))


def in_tip(ref: TipRef) -> Iterator[Block]:
    """Yield the question of a weekly message; nothing if it has none."""
    if ref.pulse is not None:
        yield section(f"Twice a quarter I ask about your team, and count in fives: *{SAYS[ref.pulse]}*")
        yield actions(*(button(label, PULSE, PulseAnswer(ref, each).value) for each, label in LABELS.items()))
        yield divider()
