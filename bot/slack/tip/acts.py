"""What members say in a word about their open tip: stuck, too hard, an example, skip, tomorrow, undo.

The open tip is the one that they got last and did not settle. Each of these ends at the tip, or at one of its buttons.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bot.coach import learning, plans, practice, projects, schedules
from bot.coach.practice import TipSeen, tip_now
from bot.core.catalog import Catalog
from bot.core.content_types import Level, Skill
from bot.core.errors import NextStep, UserError
from bot.core.next_step import place_of
from bot.core.practice import CannotPlan, ReminderWish
from bot.core.when import moment_in
from bot.slack import project, skill
from bot.slack.blocks import button, context, overflow, saying
from bot.slack.message import Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.tip import clicks, given, step
from bot.slack.tip import practice as tip_practice
from bot.slack.tip.card import card_of, redrawn
from bot.slack.tip.lines import see_one_done
from bot.slack.tip.ref import TipRef

FIVE = 5  # minutes, in which a part of any tip can be done
WORK = "work"  # `skip work`: the tip is not the member's work
ANOTHER = button("Another one", "tip")
NONE_OPEN = saying("You have no open tip.", button("A tip now", "tip", style="primary"), button("My week", "menu"))
NOTHING_SAID = saying("There is nothing to take back.", button("My week", "menu"), button("Weekly tips", "tips"))
LEVELS = {Level.NEW: "for people who are new to AI", Level.DAILY: "for people who use AI every day"}

noun = Noun()


async def _of_open_tip(draw: Callable[[Catalog, TipRef, TipSeen], Message], request: Request, _words: str) -> Message:
    seen = await request.read(practice.open_tip)
    if seen is None:
        return NONE_OPEN
    ref = TipRef.asked(seen.lesson.tip.id)
    return replace(draw(request.catalog, ref, seen), replaces=None)


def too_hard(_catalog: Catalog, ref: TipRef, seen: TipSeen) -> Message:
    tip = seen.lesson.tip
    text = f"Then take only the beginning of *{escape(tip.title)}*: {escape(tip.small or tip.do[0])}"
    more = overflow(("Did it", clicks.DID, ref.value), ("Easier tips from now on", "level", Level.NEW))
    return saying(text, button("An example", "example"), ANOTHER, button("All of it", "open"), more)


def too_easy(_catalog: Catalog, ref: TipRef, seen: TipSeen) -> Message:
    text = f"Good: *{escape(seen.lesson.tip.title)}* is nothing new for you, then."
    return saying(text, button("Did it", clicks.DID, ref.value), ANOTHER, button("Harder tips", "level", Level.DAILY))


noun.verb("stuck", "Say what is in the way of your tip.")(partial(_of_open_tip, tip_practice.reasons))
noun.verb("open", "See your open tip again.", ("where",))(partial(_of_open_tip, redrawn))
noun.verb("hard", "Say that your tip is too hard, and get its beginning.")(partial(_of_open_tip, too_hard))
noun.verb("easy", "Say that your tip is too easy, and get a harder one.")(partial(_of_open_tip, too_easy))


@noun.verb("example", "See an example of your open tip, and what there is to copy.")
async def example(request: Request, _words: str) -> Message:
    seen = await request.read(practice.open_tip)
    if seen is None:
        return NONE_OPEN
    return await see_one_done(request, TipRef.asked(seen.lesson.tip.id))


@noun.verb("small", "Get what five minutes can do.")
async def small(request: Request, _words: str) -> Message:
    return await given.in_minutes(request, FIVE)


@noun.verb("skip [work]", "Get another tip in place of your open one; `skip work`: it is not your work.")
async def skip(request: Request, words: str) -> Message:
    catalog, is_mine, seen = request.catalog, words.casefold() != WORK, await request.read(practice.open_tip)
    if seen is None:
        return await given.tip(request, "") if is_mine else NONE_OPEN
    ref = TipRef.asked(seen.lesson.tip.id)
    is_step = place_of(catalog, ref.tip) is not None
    if is_step and not is_mine:
        return project.offered(catalog, await request.read(projects.others), ref)
    if is_step or not is_mine:
        use_case = projects.skip if is_step else practice.not_my_work
        return replace(await tip_practice.said(use_case, request, ref), replaces=None)
    skipped = context(f"Skipped: {escape(seen.lesson.tip.title)}. It stays open: `/roleshift did`, if you do it.")
    return await request.write(tip_now, None, then=lambda choice: given.given_now(catalog, choice, skipped))


@noun.verb("remind [tomorrow at 10]", "Be reminded of your open tip, on a day and at an hour.")
async def remind(request: Request, words: str) -> Message:
    """Plan a reminder at the moment that is named, or ask for it. Raise UserError where none can come."""
    seen = await request.read(practice.open_tip)
    if seen is None:
        return NONE_OPEN
    ref = TipRef.asked(seen.lesson.tip.id)
    if (question := await given.asked_weekly_first(request, ref)) is not None:
        return question
    moment = moment_in(words, (await request.read(plans.to_plan, ref.tip)).zone, request.now)
    if moment is None:
        return asked_when(ref, seen)

    try:
        return await request.write(
            plans.plan, ref.tip, None, ReminderWish(*moment),
            then=lambda found: card_of(request.catalog, ref, found.seen).message(),
        )  # fmt: skip
    except CannotPlan as error:
        raise UserError(str(error), NextStep("Another time", clicks.WHEN, ref.value)) from None


def asked_when(ref: TipRef, seen: TipSeen) -> Message:
    text = f"When shall I remind you of *{escape(seen.lesson.tip.title)}*?"
    days = button("Tomorrow", "remind", "tomorrow"), button("Next week", "remind", "next week")
    return saying(text, *days, button("Another time", clicks.WHEN, ref.value))


@noun.verb("back", "Say that you are here again, and see where you were.")
async def back(request: Request, _words: str) -> Message:
    seen = await request.read(practice.open_tip)
    found = await request.read(schedules.state)
    return here_again(request.catalog, seen, is_paused=found.schedule.paused_until is not None)


def here_again(catalog: Catalog, seen: TipSeen | None, *, is_paused: bool) -> Message:
    resume = [("Resume weekly tips", "tips", "resume")] if is_paused else []
    at = place_of(catalog, seen.lesson.tip.id) if seen else None
    if at is not None and seen is not None:
        return step.here_again(catalog, at, TipRef.asked(at.step.id), seen.in_hand(catalog), *resume)
    where = f" Your tip is still here: *{escape(seen.lesson.tip.title)}*." if seen else ""
    go_on = button("Go on", "open", style="primary") if seen else button("A tip now", "tip", style="primary")
    text = f"Good to see you. There is nothing to catch up on.{where}"
    return saying(text, go_on, button("Something short", "tip", "short"), *(button(*each) for each in resume))


@noun.verb("undo", "Take back what you said or marked last.")
async def undo(request: Request, _words: str) -> Message:
    """Take the last step back; one with a line of the member, which would be lost, only after they press *Undo*."""
    last = await request.read(practice.last_said)
    if last is None:
        return NOTHING_SAID
    if isinstance(last, Skill):
        return await request.write(learning.unmark, last, then=skill.unlearned)
    ref = TipRef.asked(last.lesson.tip.id)
    if last.last_step is not None and last.last_step.line:
        return card_of(request.catalog, ref, last).message()
    return replace(await tip_practice.said(practice.undo, request, ref), replaces=None)


@noun.verb("level <new|daily>", "Get tips for people who are new to AI, or who use it every day.")
async def level(request: Request, words: str) -> Message:
    if words not in set(Level):
        raise UserError(
            "How far are you with AI?", *(NextStep(f"Tips {says}", "level", each) for each, says in LEVELS.items())
        )
    return await request.write(practice.set_level, Level(words), then=level_set)


def level_set(chosen: Level) -> Message:
    other = Level.NEW if chosen is Level.DAILY else Level.DAILY
    buttons = button("A tip now", "tip", style="primary"), button("Take that back", "level", other)
    return saying(f"Noted: tips {LEVELS[chosen]} from now on.", *buttons)
