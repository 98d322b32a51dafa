"""A check: the question with its buttons, and the answer with the reason why each option is right or wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.content_types import Check, Quiz
from bot.core.practice import Asked
from bot.slack.blocks import actions, button, context, divider, section
from bot.slack.message import Block, escape
from bot.slack.tip.ref import CheckRef, TipRef

ANSWER = "answer-check"
LETTERS = ("A", "B", "C")


class AnswerRef(NamedTuple):
    """An option of the check in a weekly message."""

    tip: TipRef
    chosen: int

    @property
    def value(self) -> str:
        """Return the button's value."""
        return f"{self.tip.value}/{self.chosen}"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        tip, _, chosen = value.rpartition("/")
        ref = TipRef.parse(tip)
        if ref.check is None or ref.week is None:
            raise ValueError
        return cls(ref, parse_option(chosen))


def parse_option(text: str) -> int:
    """Return the number of an option. Raise ValueError."""
    if text not in {str(number) for number in range(len(LETTERS))}:
        raise ValueError
    return int(text)


def in_tip(catalog: Catalog, ref: TipRef, seen: TipSeen | None) -> Iterator[Block]:
    """Yield the check of a weekly message, and a line below it; nothing if it has none."""
    if ref.check is not None:
        yield from _in_tip(catalog, ref, ref.check, seen)
        yield divider()


def _in_tip(catalog: Catalog, ref: TipRef, of: CheckRef, seen: TipSeen | None) -> Iterator[Block]:
    quiz, asked = catalog.quizzes.get(of.id), seen.asked if seen else None
    if asked is not None and asked.answered_at is not None:
        kept = seen is not None and asked.skill in seen.learned and seen.history.checked.made_kept(asked)
        yield from answered(catalog, of, quiz, asked, kept=kept)
    elif quiz is None:
        yield gone()
    else:
        new = replace(ref, check=of.anew(quiz.check))
        yield from question(of, quiz, [AnswerRef(new, number).value for number in range(len(LETTERS))], ANSWER)


def question(ref: CheckRef, quiz: Quiz, values: Sequence[str], verb: str) -> Iterator[Block]:
    """Yield a check that waits for its answer: a button for each of `values`, in the order of the options."""
    options = "\n".join(f"*{letter}*  {escape(text)}" for letter, text in _lettered(quiz.check))
    yield section(f"{lead(ref, quiz)}\n{escape(quiz.check.ask)}\n\n{options}")
    yield actions(*_buttons(quiz.check, values, verb))
    if ref.is_outdated(quiz.check):
        yield context("This question has changed since you got it. Answer it as it stands here.")


def _buttons(check: Check, values: Sequence[str], verb: str) -> Iterator[Block]:
    """Yield the buttons. Slack cuts labels of more than about 30 characters, so only screen readers get the text."""
    for (letter, text), value in zip(_lettered(check), values, strict=True):
        yield {**button(letter, verb, value), "accessibility_label": text}


def answered(catalog: Catalog, ref: CheckRef, quiz: Quiz | None, asked: Asked, *, kept: bool) -> Iterator[Block]:
    """Yield a check after its answer. `kept`: this answer was the last that the skill needed."""
    if quiz is None:
        yield section(f"Your answer was {_verdict(asked)}. The question is no longer there.")
    else:
        changed = f"Your answer was {_verdict(asked)}. The question has changed since."
        said = changed if ref.is_outdated(quiz.check) else _result(quiz.check, asked)
        yield section(f"{lead(ref, quiz)}\n{escape(quiz.check.ask)}\n\n{said}\n\n{_explained(quiz.check)}")
    if kept and (skill := catalog.skills.get(asked.skill)):
        yield context(f"{escape(skill.name)} is kept: right after 1, 4 and 12 weeks.")


def gone() -> Block:
    """Say that a check was removed before it was answered."""
    return context("The question that stood here is no longer there.")


def lead(ref: CheckRef, quiz: Quiz) -> str:
    """Return which skill the check is on, and when that was learned."""
    since = {None: "", 0: ", learned less than a week ago", 1: ", learned 1 week ago"}
    return f"Quick check on *{escape(quiz.skill.name)}*{since.get(ref.weeks, f', learned {ref.weeks} weeks ago')}"


def _lettered(check: Check) -> Iterator[tuple[str, str]]:
    return zip(LETTERS, (option.text for option in check.options), strict=True)


def _explained(check: Check) -> str:
    lines = (
        f"*{letter}*  {escape(option.text)}\n_{'Right' if option.right else 'Wrong'}:_ {escape(option.because)}"
        for letter, option in zip(LETTERS, check.options, strict=True)
    )
    return "\n".join(lines)


def _result(check: Check, asked: Asked) -> str:
    right = next(number for number, option in enumerate(check.options) if option.right)
    chosen = right if asked.right or asked.chosen is None else asked.chosen
    more = "" if asked.right else f" *{LETTERS[right]}* is right."
    return f"Your answer, *{LETTERS[chosen]}*, is *{_verdict(asked)}*.{more}"


def _verdict(asked: Asked) -> str:
    return "right" if asked.right else "wrong"
