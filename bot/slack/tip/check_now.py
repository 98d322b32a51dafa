"""A check that a member asked for, its answer, and what to do next."""

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple, Self

from bot.coach import checks
from bot.coach.checks import Answer, Answered, Question
from bot.core.catalog import Catalog
from bot.core.content_types import Quiz
from bot.core.practice import WEEK
from bot.slack.blocks import actions, button
from bot.slack.message import Block, Message, escape
from bot.slack.request import Request
from bot.slack.tip import check
from bot.slack.tip.ref import CheckRef

ANSWER = "answer-question"
_VALUE = re.compile(r"([a-z0-9.-]+)/([0-9a-f]{16})/([a-z0-9-]*)/([0-9])")


class AnswerRef(NamedTuple):
    """An option of a check that a member asked for. `asking` names this asking, `about` the skill that they named."""

    check: CheckRef
    asking: str
    about: str
    chosen: int

    @property
    def value(self) -> str:
        """Return the button's value."""
        return f"{self.check.value}/{self.asking}/{self.about}/{self.chosen}"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        found = _VALUE.fullmatch(value)
        if found is None:
            raise ValueError
        return cls(CheckRef.parse(found[1]), found[2], found[3], check.parse_option(found[4]))


def asked(found: Question) -> Message:
    """Answer `check`: the question and its options."""
    weeks = (found.asked.at - found.learned_at) // WEEK if found.learned_at else None
    ref = CheckRef(found.quiz.check.id, found.quiz.check.version, weeks)
    return _question(ref, found.quiz, found.asked.asking, found.about.slug if found.about else "")


def answered(catalog: Catalog, ref: AnswerRef, found: Answered) -> Message:
    """Return what replaces the question. One that changed before it was answered is asked anew."""
    another = button("Another question", "check", ref.about)
    if found.asked.answered_at is None:
        if found.quiz is None:
            return Message("The question is no longer there.", [check.gone(), actions(another)])
        return _question(ref.check, found.quiz, ref.asking, ref.about)
    blocks = check.answered(catalog, ref.check, found.quiz, found.asked, kept=found.made_kept)
    text = f"Your answer is {'right' if found.asked.right else 'wrong'}."
    return Message(text, [*blocks, actions(*_next(found), another)])


async def answer(request: Request, ref: AnswerRef) -> Message:
    """Store the answer and redraw the question with it."""
    given = Answer(ref.check.id, ref.check.version, ref.asking, ref.chosen)
    then = partial(answered, request.catalog, ref)
    return await request.write(checks.answer, request.catalog, request.who, given, request.now, then=then)


def _question(ref: CheckRef, quiz: Quiz, asking: str, about: str) -> Message:
    new = ref.anew(quiz.check)
    values = [AnswerRef(new, asking, about, number).value for number in range(len(check.LETTERS))]
    return Message(f"Quick check: {escape(quiz.skill.name)}", list(check.question(ref, quiz, values, ANSWER)))


def _next(found: Answered) -> Iterator[Block]:
    """Yield the next step: mark the skill as learned, or practise it again."""
    if found.quiz is None:
        return
    slug = found.quiz.skill.slug
    if not found.asked.right:
        yield button("Practise this skill", "skill", slug, style="primary")
    elif found.may_learn:
        yield button("Mark as learned", "learn", slug, style="primary")
