"""*Still doing it?*: the question in a weekly message about a tip that was done three weeks ago, and its answers."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.use import Answer, Use, WhyNot
from bot.slack.blocks import actions, button, context, divider, menu, overflow, section
from bot.slack.message import Block, escape
from bot.slack.tip.ref import TipRef

STILL = "still-doing"
REASONS = {
    WhyNot.NO_TIME: "no time",
    WhyNot.NO_CASE: "nothing to do it with",
    WhyNot.NO_HELP: "it did not help",
    WhyNot.OTHER: "something else",
}


class StillAnswer(NamedTuple):
    """An answer to the question in a weekly message."""

    ref: TipRef
    answer: Answer
    why: WhyNot | None = None

    @property
    def value(self) -> str:
        return f"{self.ref.value} {self.why or self.answer}"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        ref, _, said = value.partition(" ")
        parsed = TipRef.parse(ref)
        if parsed.still is None or parsed.week is None:
            raise ValueError
        if said in set(WhyNot):
            return cls(parsed, Answer.NO, WhyNot(said))
        return cls(parsed, Answer(said))


def in_tip(catalog: Catalog, ref: TipRef, seen: TipSeen | None) -> Iterator[Block]:
    """Yield the question of a weekly message, and a line below it; nothing if it has none."""
    lesson = catalog.lessons.get(ref.still or "")
    if lesson is None:
        return
    title = f"*{escape(lesson.tip.title)}*"
    if seen is not None and seen.use is not None:
        undo = overflow(("Undo", STILL, StillAnswer(ref, Answer.UNDONE).value), of=STILL)
        yield section(_answered(seen.use, title), undo)
        is_first = seen.history.uses.kept_at(lesson.skill) == seen.use.at
        if is_first and lesson.skill.slug in seen.learned:
            yield context(f"{escape(lesson.skill.name)} is kept: still in use.")
    else:
        yield section(f"Three weeks ago or more you did {title}. *Still doing it?*")
        because = [(f"No: {words}", StillAnswer(ref, Answer.NO, why).value) for why, words in REASONS.items()]
        yield actions(
            button("Yes, again", STILL, StillAnswer(ref, Answer.AGAIN).value),
            button("Once", STILL, StillAnswer(ref, Answer.ONCE).value),
            menu("No, because …", STILL, because),
        )
    yield divider()


def _answered(use: Use, title: str) -> str:
    if use.answer is Answer.AGAIN:
        return f"{title}: done again. Your record keeps the date."
    if use.answer is Answer.ONCE:
        return f"{title}: done once. Noted."
    return f"{title}: not any more, {REASONS[use.why or WhyNot.OTHER]}. Noted."
