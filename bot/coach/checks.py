"""Checks, asked when a member wants it, and the answers to the one question of a weekly message."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from bot.coach import schedules
from bot.coach.act import Act
from bot.coach.practice import A_TIP, TipSeen, WeeklyKey, locked, see
from bot.coach.schedules import Tips
from bot.core.content_types import Quiz, Skill
from bot.core.errors import NextStep, UserError
from bot.core.next_tip import check_now, due_checks
from bot.core.practice import HAS_RESULT, Answer, Asked, Use, WhyNot
from bot.core.record import Record
from bot.core.rhythm import Wish
from bot.store import facts

A_QUESTION = NextStep("A question now", "check")
NOT_YOURS = "That question belongs to a message that is not yours, or is gone."


class ChosenOption(NamedTuple):
    """The option that a member pressed. `version` is that of the check that they read, `asking` names its message."""

    check: str
    version: str
    asking: str
    chosen: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A check that a member asked for, and their answer; no `quiz` or answer if content changed meanwhile."""

    quiz: Quiz | None
    asked: Asked
    record: Record


def ask(act: Act, about: Skill | None) -> tuple[Quiz, Asked, datetime | None]:
    """Ask a check of a skill, else that which is due or was asked longest ago. Raise UserError and NotMet.

    The third value: when its skill was learned; None if it is not.
    """
    act.lock()
    record = act.read()
    if about is None:
        quiz = check_now(act.catalog, record, act.now)
    elif (quiz := record.checked.next_of(about)) is None:
        raise UserError(f"There is no question about *{about.name}* yet.", A_QUESTION, A_TIP)
    if quiz is None:
        raise UserError("You have not practised a skill yet. Do one tip, and I can ask you about it.", A_TIP)
    due = quiz.skill in due_checks(act.catalog, record, act.now)
    asked = Asked(quiz.check.id, quiz.skill.slug, act.now, due, asking=secrets.token_hex(8))
    facts.ask(act.tx, [(act.who, asked)])
    return quiz, asked, record.learned_at.get(quiz.skill.slug)


def answer(act: Act, option: ChosenOption) -> Answered:
    """Store the answer to a check that a member asked for. The first answer counts. Raise UserError and NotMet."""
    quiz, record = _store(act, option), act.read()
    asked = record.checked.asked_in(option.asking)
    if asked is None:
        raise UserError(NOT_YOURS, A_QUESTION)
    return Answered(quiz, asked, record)


def answer_in_tip(act: Act, tip_id: str, option: ChosenOption) -> TipSeen:
    """Store the answer to the check in a weekly message. The first answer counts. Raise UserError and NotMet."""
    quiz, seen = _store(act, option, in_message=True), see(act, tip_id, option.asking)
    if quiz is not None and seen.asked is None:
        raise UserError(NOT_YOURS, A_QUESTION)
    return seen


def _store(act: Act, option: ChosenOption, *, in_message: bool = False) -> Quiz | None:
    """Store an answer, unless the content changed since the member read the options. Return the check. Raise NotMet."""
    act.lock()
    quiz = act.catalog.quizzes.get(option.check)
    if quiz is not None and in_message:
        # The message may never have been confirmed as sent. Its button was pressed, so it arrived and asked the check.
        facts.ask_in_message(act.tx, act.who, Asked(quiz.check.id, quiz.skill.slug, act.now, asking=option.asking))
    if quiz is not None and quiz.check.version == option.version:
        right = quiz.check.options[option.chosen].right
        facts.answer_check(act.tx, act.who, option.asking, option.chosen, act.now, right=right)
    return quiz


def answer_still(act: Act, tip_id: str, asking: str, done_tip: str, answer: Answer, why: WhyNot | None) -> TipSeen:
    """Add the answer to the log, and return the tip of the message. The last answer counts. Raise UserError, NotMet."""
    seen = locked(act, tip_id, asking)
    done = seen.record.steps.get(done_tip)
    if done is None or done.step not in HAS_RESULT:
        raise UserError("That question belongs to a message that is not yours, or to a tip that you took back.", A_TIP)
    return replace(seen, record=facts.add_use(act.tx, seen.record, Use(done_tip, answer, act.now, asking, why)))


def go_on(act: Act, tip_id: str, key: WeeklyKey, wish: Wish) -> tuple[TipSeen, Tips]:
    """Let tips come as the member wants, and return the tip of the message. Raise UserError and NotMet."""
    return locked(act, tip_id, key), schedules.choose_rhythm(act, wish)
