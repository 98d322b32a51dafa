"""The one question of a weekly message, besides checks, with its answers.

*Still doing it?* is about a tip that was done three weeks ago. The pulse is about the team, counted in fives and never
shown with a name. After three tips without a click, the message asks how to go on.
"""

from collections.abc import Iterator

from bot.coach.practice import TipSeen
from bot.coach.schedules import Tips
from bot.core.catalog import Catalog
from bot.core.rhythm import Wish
from bot.core.weekly_questions import SAYS, Answer, Opinion, Use, WhyNot
from bot.slack.blocks import actions, button, context, day, divider, menu, moment, overflow, section
from bot.slack.message import Block, escape
from bot.slack.tip.ref import TipRef

STILL, PULSE, RHYTHM = "still-doing", "pulse", "how-often"
REASONS = {
    WhyNot.NO_TIME: "no time",
    WhyNot.NO_CASE: "nothing to do it with",
    WhyNot.NO_HELP: "it did not help",
    WhyNot.OTHER: "something else",
}
OPINIONS = {Opinion.AGREE: "Agree", Opinion.PARTLY: "Partly", Opinion.NO: "No"}
THANKS = context("Thank you. It is counted in fives, without your name.")
WISHES = {
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


def read_still(word: str) -> tuple[Answer, WhyNot | None]:
    """Read an answer; a reason alone means no. Raise ValueError."""
    return (Answer.NO, WhyNot(word)) if word in set(WhyNot) else (Answer(word), None)


def in_tip(catalog: Catalog, ref: TipRef, seen: TipSeen | None) -> Iterator[Block]:
    """Yield the question of a weekly message, and a line below it; nothing if it has none."""
    blocks = [*_still(catalog, ref, seen), *_pulse(ref), *_rhythm(ref, seen)]
    yield from blocks
    if blocks:
        yield divider()


def _still(catalog: Catalog, ref: TipRef, seen: TipSeen | None) -> Iterator[Block]:
    lesson = catalog.lessons.get(ref.still or "")
    if lesson is None:
        return
    title = f"*{escape(lesson.tip.title)}*"
    if seen is not None and seen.use is not None:
        yield section(_answered(seen.use, title), overflow(("Undo", STILL, ref.with_word(Answer.UNDONE)), of=STILL))
        is_first = seen.history.uses.kept_at(lesson.skill) == seen.use.at
        if is_first and lesson.skill.slug in seen.learned:
            yield context(f"{escape(lesson.skill.name)} is kept: still in use.")
        return
    yield section(f"Three weeks ago or more you did {title}. *Still doing it?*")
    yield actions(
        button("Yes, again", STILL, ref.with_word(Answer.AGAIN)),
        button("Only once", STILL, ref.with_word(Answer.ONCE)),
        menu("No, because …", STILL, [(f"No: {words}", ref.with_word(why)) for why, words in REASONS.items()]),
    )


def _answered(use: Use, title: str) -> str:
    if use.answer is Answer.AGAIN:
        return f"{title}: done again. Your record keeps the date."
    if use.answer is Answer.ONCE:
        return f"{title}: done once. Noted."
    return f"{title}: not any more, {REASONS[use.why or WhyNot.OTHER]}. Noted."


def _pulse(ref: TipRef) -> Iterator[Block]:
    if ref.pulse is not None:
        yield section(f"Twice a quarter I ask this; only totals of five people or more are shown: *{SAYS[ref.pulse]}*")
        yield actions(*(button(label, PULSE, ref.with_word(each)) for each, label in OPINIONS.items()))


def _rhythm(ref: TipRef, seen: TipSeen | None) -> Iterator[Block]:
    """Yield how to go on. The question goes at the first click, which says that the member is there."""
    if ref.asks_rhythm and seen is None:
        yield section("No click on your last tips, so I ask: *how shall we go on?*")
        yield actions(*(button(label, RHYTHM, ref.with_word(wish)) for wish, label in WISHES.items()))


def noted(wish: Wish, found: Tips) -> Block:
    """Return what stands in place of the question how to go on after its answer."""
    schedule = found.schedule
    if not found.on:
        return section("Weekly tips are off.")
    if wish is Wish.PAUSE and schedule.paused_until:
        resume = overflow(("Resume", "tips", "resume"), of=RHYTHM)
        return section(f"Paused until {day(schedule.paused_until, schedule.zone)}.", resume)
    return section(f"{NOTED.get(wish, '')} The next one comes on {moment(schedule.comes_at, schedule.zone)}.".strip())
