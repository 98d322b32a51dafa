"""The one question of a weekly message, with its answers, and the verb `check`, which asks one now.

A check is a question about a skill. *Still doing it?* is about a tip that was done three weeks ago. After three tips
without a click, the message asks how to go on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple, Self

from bot.coach import checks, practice, schedules
from bot.core.catalog import Catalog
from bot.core.content_types import Quiz, Skill
from bot.core.practice import WEEK, Answer, Asked, WhyNot
from bot.core.record import Record
from bot.core.rhythm import Wish
from bot.slack.blocks import actions, button, context, divider, menu, overflow, section
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.tip import tips
from bot.slack.tip.ref import CheckRef, TipRef

NOW, IN_TIP = "answer-question", "answer-check"  # the options of a check that a member asked for, and in a tip
LETTERS = ("A", "B", "C")
_VALUE = re.compile(r"([a-z0-9.-]+)/([0-9a-f]{16})/([a-z0-9-]*)/([0-9])")

noun = Noun()


class OptionNow(NamedTuple):
    """An option of a check that a member asked for. `asking` names this asking, `about` the skill that they named."""

    check: CheckRef
    asking: str
    about: str
    chosen: int

    @property
    def value(self) -> str:
        return f"{self.check.value}/{self.asking}/{self.about}/{self.chosen}"

    @classmethod
    def parse(cls, value: str) -> Self:
        found = _VALUE.fullmatch(value)
        if found is None:
            raise ValueError
        return cls(CheckRef.parse(found[1]), found[2], found[3], read_option(found[4]))


def read_option(text: str) -> int:
    if text not in {str(number) for number in range(len(LETTERS))}:
        raise ValueError
    return int(text)


@noun.verb("check [skill]", "Answer a question about a skill now: one that is due, or of the skill that you name.")
async def check(request: Request, words: str) -> Message:
    about = request.catalog.skill_named(words) if words else None
    return await request.write(checks.ask, about, then=lambda asked: asked_now(about, *asked))


def asked_now(about: Skill | None, quiz: Quiz, asked: Asked, learned_at: datetime | None) -> Message:
    weeks = (asked.at - learned_at) // WEEK if learned_at else None
    ref = CheckRef(quiz.check.id, quiz.check.version, weeks)
    return _asked(ref, quiz, asked.asking, about.slug if about else "")


def _asked(ref: CheckRef, quiz: Quiz, asking: str, about: str) -> Message:
    new = ref._replace(version=quiz.check.version)
    values = [OptionNow(new, asking, about, number).value for number in range(len(LETTERS))]
    return Message(f"Quick check: {escape(quiz.skill.name)}", list(_question(ref, quiz, values, NOW)))


@noun.click(NOW, OptionNow.parse)
async def choose_option(request: Request, option: OptionNow) -> Message:
    given = checks.ChosenOption(option.check.id, option.check.version, option.asking, option.chosen)
    then = partial(answered_now, request.catalog, option)
    return await request.write(checks.answer, given, then=then)


def answered_now(catalog: Catalog, option: OptionNow, found: checks.Answered) -> Message:
    """Return what replaces the question; one that changed before it was answered, anew."""
    another = button("Another question", "check", option.about)
    if found.asked.answered_at is None:
        if found.quiz is None:
            return Message("The question is no longer there.", [_GONE, actions(another)])
        return _asked(option.check, found.quiz, option.asking, option.about)
    next_step = []
    if found.quiz is not None and not found.asked.right:
        next_step = [button("Practise this skill", "skill", found.quiz.skill.slug, style="primary")]
    elif found.quiz is not None and found.record.may_learn(catalog, found.quiz.skill):
        next_step = [button("Mark as learned", "learn", found.quiz.skill.slug, style="primary")]
    blocks = _answered(catalog, option.check, found.quiz, found.asked, found.record)
    text = f"Your answer is {'right' if found.asked.right else 'wrong'}."
    return Message(text, [*blocks, actions(*next_step, another)])


def in_tip(catalog: Catalog, ref: TipRef, seen: practice.TipSeen | None) -> Iterator[Block]:
    """Yield the question of a weekly message, and a line below it; nothing if it has none."""
    blocks = list(_still(catalog, ref, seen))
    asked = seen.asked if seen else None
    if (of := ref.check) is not None:
        quiz = catalog.quizzes.get(of.id)
        if seen is not None and asked is not None and asked.answered_at is not None:
            blocks += _answered(catalog, of, quiz, asked, seen.record)
        elif quiz is None:
            blocks.append(_GONE)
        else:
            new = replace(ref, check=of._replace(version=quiz.check.version))
            blocks += _question(of, quiz, [new.with_word(str(number)) for number in range(len(LETTERS))], IN_TIP)
    if ref.asks_rhythm and seen is None:  # it goes at the first click, which says that the member is there
        wishes = (button(label, RHYTHM, ref.with_word(wish)) for wish, label in WISHES.items())
        blocks += [section("No click on your last tips, so I ask: *how shall we go on?*"), actions(*wishes)]
    yield from blocks
    if blocks:
        yield divider()


def _question(ref: CheckRef, quiz: Quiz, values: Sequence[str], name: str) -> Iterator[Block]:
    texts = [option.text for option in quiz.check.options]
    options = "\n".join(f"*{letter}*  {escape(text)}" for letter, text in zip(LETTERS, texts, strict=True))
    yield section(f"{_lead(ref, quiz)}\n{escape(quiz.check.ask)}\n\n{options}")
    buttons = []  # Slack cuts labels of more than about 30 characters, so only screen readers get the text
    for letter, text, value in zip(LETTERS, texts, values, strict=True):
        buttons.append({**button(letter, name, value), "accessibility_label": text})
    yield actions(*buttons)
    if ref.version not in {"", quiz.check.version}:
        yield context("This question has changed since you got it. Answer it as it stands here.")


def _answered(catalog: Catalog, ref: CheckRef, quiz: Quiz | None, asked: Asked, record: Record) -> Iterator[Block]:
    verdict = f"Your answer was {'right' if asked.right else 'wrong'}."
    if quiz is None:
        yield section(f"{verdict} The question is no longer there.")
    else:
        options = quiz.check.options
        right = next(number for number, option in enumerate(options) if option.right)
        chosen = right if asked.right or asked.chosen is None else asked.chosen
        result = f"*{LETTERS[right]}* is right."
        if ref.version not in {"", quiz.check.version}:
            result = f"{verdict} The question has changed since."
        elif not asked.right:
            result = f"You chose *{LETTERS[chosen]}*. {result}"
        explained = "\n".join(
            f"*{LETTERS[number]}*  {escape(options[number].text)}\n"
            f"_{'Right' if options[number].right else 'Wrong'}:_ {escape(options[number].because)}"
            for number in dict.fromkeys((chosen, right))
        )
        yield section(f"{_lead(ref, quiz)}\n{escape(quiz.check.ask)}\n\n{result}\n{explained}")
    kept = asked.skill in record.learned_at and record.checked.kept_at(asked.skill) == asked.answered_at
    if kept and (skill := catalog.skills.get(asked.skill)):
        yield context(f"{escape(skill.name)} is kept: you were right after 1 week and after 4.")


def _lead(ref: CheckRef, quiz: Quiz) -> str:
    since = {None: "", 0: ", learned less than a week ago", 1: ", learned 1 week ago"}
    return f"Quick check on *{escape(quiz.skill.name)}*{since.get(ref.weeks, f', learned {ref.weeks} weeks ago')}"


_GONE = context("The question that stood here is no longer there.")
STILL, RHYTHM = "still-doing", "how-often"
REASONS = {
    WhyNot.NO_TIME: "no time",
    WhyNot.NO_CASE: "nothing to do it with",
    WhyNot.NO_HELP: "it did not help",
    WhyNot.OTHER: "something else",
}
WISHES = {
    Wish.SECOND: "Every second week",
    Wish.SHORT: "Only short tips",
    Wish.PAUSE: "Pause",
    Wish.WEEKLY: "Keep it weekly",
}
NOTED = {
    Wish.SECOND: "Every second week from now on.",
    Wish.SHORT: "Only tips of 10 minutes at most from now on.",
    Wish.WEEKLY: "One tip a week, as before.",
}


def _still(catalog: Catalog, ref: TipRef, seen: practice.TipSeen | None) -> Iterator[Block]:
    lesson = catalog.lessons.get(ref.still or "")
    if lesson is None:
        return
    project = catalog.project_of.get(lesson.tip.id)
    title = f"*{escape(project.keeps.name if project else lesson.tip.title)}*"
    use = seen.use if seen is not None else None
    if seen is not None and use is not None:
        said = f"not any more, {REASONS[use.why or WhyNot.OTHER]}. Noted."
        if use.answer is Answer.AGAIN:
            said = "done again. Your record keeps the date."
        elif use.answer is Answer.ONCE:
            said = "done once. Noted."
        elif project is not None and use.why is WhyNot.NO_TIME:
            said = "not now. Noted."  # no time now says nothing about later
        undo = overflow(("Undo", STILL, ref.with_word(Answer.UNDONE)), of=STILL)
        yield section(f"{title}: {said}", undo)
        is_first = seen.record.uses.kept_at(catalog, lesson.skill) == use.at
        if is_first and lesson.skill.slug in seen.record.learned_at:
            yield context(f"{escape(lesson.skill.name)} is kept: still in use.")
    elif project is not None:
        again = project.again
        ago = f"{again.after_weeks} weeks ago or more you finished *{escape(project.name)}*."
        yield section(f"{ago} {again.minutes} minutes on {title}: {escape(again.do)}")
        answers = ("Yes, done", Answer.AGAIN), ("Not now", WhyNot.NO_TIME), ("No longer in use", WhyNot.NO_CASE)
        yield actions(*(button(label, STILL, ref.with_word(answer)) for label, answer in answers))
    else:
        yield section(f"Three weeks ago or more you did {title}. *Still doing it?*")
        yield actions(
            button("Yes, again", STILL, ref.with_word(Answer.AGAIN)),
            button("Only once", STILL, ref.with_word(Answer.ONCE)),
            menu("No, because …", STILL, [(f"No: {words}", ref.with_word(why)) for why, words in REASONS.items()]),
        )


def noted(wish: Wish, found: schedules.Tips) -> Block:
    if not found.on:
        return section("Weekly tips are off.")
    resume = overflow(("Resume", "tips", "resume"), of=RHYTHM) if found.schedule.paused_until else None
    return section(f"{NOTED.get(wish, '')} {tips.next_one(found.schedule)}".strip(), resume)
