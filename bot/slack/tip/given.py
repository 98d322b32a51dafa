"""Tips that a member gets, and what they say in a word about the open one: stuck, too hard, skip, tomorrow, undo.

Whether a tip may come every week is asked once, under a tip that they did or plan; how hard it was, once under the
first that they did. With the verb `situation` they say what they have.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from bot.coach import act, learning, plans, practice, projects, schedules
from bot.coach.posts.tips import RetiredPost, TipPost, WelcomePost
from bot.core.catalog import Catalog
from bot.core.content_types import Level, Skill
from bot.core.errors import NextStep, UserError
from bot.core.learning import Waiting
from bot.core.next_step import in_hand, place_of
from bot.core.next_tip import Choice
from bot.core.outbox import Delivery
from bot.core.practice import WEEK, CannotPlan, ReminderWish
from bot.core.rhythm import SHORT
from bot.core.when import minutes_in, moment_in
from bot.slack import project, role, skill
from bot.slack.blocks import actions, button, context, lowered, modal, moment, option, overflow, plain, saying, section
from bot.slack.form import Form, Saved, choices, field
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.tip import clicks, lines, step, tips
from bot.slack.tip.card import Card, card_of, quote, redrawn
from bot.slack.tip.practice import Draw, reasons, said
from bot.slack.tip.ref import CheckRef, Origin, TipRef, tip_and

NEEDS = "needs"  # fields of the form
MAX_OPTIONS = 10  # Slack's limit for checkboxes
SITUATION = "situation"  # the verb, and the form that it opens
MAX_LACKING = 2  # needs that the answer names, those for which the most tips wait
FELT = {
    practice.Felt.EASY: "Noted: your next projects are those for people who use AI every day.",
    practice.Felt.RIGHT: "Noted: it goes on like this.",
    practice.Felt.HARD: "Noted: the first five minutes of a step are enough each week.",
}
WORK = "work"  # `skip work`: the tip is not the member's work
ANOTHER = button("Another one", "tip")
NONE_OPEN = saying("You have no open tip.", button("A tip now", "tip", style="primary"), button("My week", "menu"))
NOTHING_SAID = saying("There is nothing to take back.", button("My week", "menu"), button("Weekly tips", "tips"))
LEVELS = {Level.NEW: "for people who are new to AI", Level.DAILY: "for people who use AI every day"}

noun = Noun()


@noun.verb("tip [skill|10 minutes|short]", "Get a tip now, and why this one.")
async def tip(request: Request, words: str) -> Message:
    """Give a tip; where few minutes are named, the open one, or what five can do of it."""
    catalog, minutes = request.catalog, minutes_in(words)
    if minutes is not None and minutes <= SHORT and (seen := await request.read(practice.open_tip)) is not None:
        is_small = seen.lesson.tip.minutes > minutes
        return card_of(catalog, TipRef.asked(seen.lesson.tip.id, is_small=is_small), seen).message()
    about = catalog.skill_named(words) if words and minutes is None else None
    return await request.write(practice.tip_now, about, None, minutes, then=partial(given_now, catalog))


def given_now(catalog: Catalog, choice: Choice, *above: Block) -> Message:
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.NOW, is_small=choice.is_small)
    return Card(catalog, choice.lesson, ref, above=above).message()


noun.click("another", lambda _value: "")(tip)  # where a message of release 1.0.0 offers another one


def weekly_tip(catalog: Catalog, delivery: Delivery, post: TipPost) -> Message:
    choice = post.choice
    check = None
    if post.check is not None:
        weeks = max(1, (delivery.due_at - post.learned_at) // WEEK) if post.learned_at else None
        check = CheckRef(post.check.check.id, post.check.check.version, weeks)
    still = post.still.tip.id if post.still else None
    tip = choice.lesson.tip.id
    ref = TipRef(
        tip, choice.reason, Origin.WEEKLY, delivery.week, check, still=still,
        asks_rhythm=post.asks_rhythm, is_small=choice.is_small,
    )  # fmt: skip
    at = place_of(catalog, tip)
    if post.is_back and at is not None and at.number > 1:
        return step.here_again(catalog, at, ref.at(tip), post.have, post.lacks)
    greeting = section("*Good to see you.*" if at else "Good to see you. Here is a short one.")
    above = (greeting,) if post.is_back else ()
    return Card(catalog, choice.lesson, ref, above=above, have=post.have).message()


def reminder(catalog: Catalog, post: TipPost) -> Message:
    choice = post.choice
    assert post.plan is not None  # noqa: S101 - a reminder is sent only with its plan
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.REMINDER, plan_id=post.plan.plan_id)
    return Card(catalog, choice.lesson, ref, above=(quote(post.plan),), have=post.have).message()


def retired(post: RetiredPost) -> Message:
    instead = f" *{escape(post.step.tip.title)}* took its place." if post.step else ""
    text = f"You planned *{escape(post.title)}* for today, and I no longer give this tip.{instead}"
    return saying(text, button("A tip now", "tip"))


def welcome(post: WelcomePost) -> Message:
    first = f" The first one comes on {moment(post.first_due_at, post.zone)}." if post.first_due_at else ""
    text = f"One tip a week. Stop with one click.{first}"
    buttons = button("A tip now", "tip"), button("Choose day and time", tips.CHOOSE), button("Stop", "tips", "off")
    away = context("Going away? `/roleshift pause 2 weeks` pauses your tips.")
    return Message(text, [section(text), actions(*buttons), away])


@noun.click(role.START, str, on_home=True)
async def start(request: Request, tip: str) -> Message:
    """Draw at once what the member's role card names: the open step of their project, or a tip. Raise UserError."""
    catalog, only = request.catalog, practice.lesson_of(request.catalog, tip)
    if only.tip.id in catalog.project_of:
        return await project.begin(request, TipRef.asked(only.tip.id))
    return replace(await request.write(practice.tip_now, None, only, then=partial(given_now, catalog)), replaces=True)


def read_answer(word: str) -> practice.Weekly:
    if word not in {tips.YES, tips.NO}:
        raise ValueError
    return practice.Weekly(wanted=word == tips.YES)


@noun.click(tips.WEEKLY, tip_and(read_answer))
async def answer_weekly(request: Request, given: tuple[TipRef, practice.Weekly]) -> Message:
    """Start weekly tips or leave them off: that line of the message changes, and nothing is posted."""
    ref, weekly = given

    def draw(catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> Message:
        noted = (tips.confirmed(seen.record.weekly),) if weekly.wanted else ()
        return replace(card_of(catalog, ref, seen), noted=noted).redrawn()

    return await said(practice.answer_on_tip, request, ref, weekly, draw=draw)


@noun.click(tips.HOW_HARD, tip_and(practice.Felt))
async def say_how_it_was(request: Request, given: tuple[TipRef, practice.Felt]) -> Message:
    ref, felt = given

    def draw(catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> Message:
        return replace(card_of(catalog, ref, seen), noted=(section(FELT[felt]),)).redrawn()

    return await said(practice.say_how_it_was, request, ref, felt, draw=draw)


@noun.click(tips.ANOTHER_TIME, TipRef.parse)
async def ask_time(request: Request, ref: TipRef) -> Form:
    practice.lesson_of(request.catalog, ref.tip)
    found = await request.read(schedules.state)
    return Form(tips.schedule_form(found.schedule, form=tips.ANOTHER_TIME, metadata=ref.value))


@noun.form(tips.ANOTHER_TIME, TipRef.parse)
async def save_weekly(request: Request, ref: TipRef, fields: dict[str, str]) -> Saved:
    slot, own_zone = await tips.chosen_time(request, fields)
    weekly = practice.Weekly(wanted=True, slot=slot, zone=own_zone)
    return Saved(await answer_weekly(request, (ref, weekly)), ref.key(request.who))


async def asked_weekly_first(request: Request, ref: TipRef) -> Message | None:
    """Return the tip with the question under it, for a member who wants to plan it and was not asked yet."""
    seen = await request.read(practice.see, ref.tip, ref.weekly_key(request.who))
    if not seen.asks_weekly or seen.is_done:
        return None
    return replace(card_of(request.catalog, ref, seen), wants_plan=True).redrawn()


# What a member has.


@noun.verb(SITUATION, "Say what you have, such as logs or a test set, so that you only get tips that you can do.")
async def situation(request: Request, _words: str) -> Form:
    await request.check_member()
    return Form(situation_form(request.catalog, (await request.read(act.Act.read)).needs))


@noun.form(SITUATION, str.split)
async def save_situation(request: Request, shown: list[str], fields: dict[str, str]) -> Saved:
    chosen = {slug for name, words in fields.items() if name.startswith(NEEDS) for slug in words.split()}
    has = {slug: slug in chosen for slug in shown if slug in request.catalog.needs}
    then = partial(situation_saved, sum(has.values()), len(has))
    return Saved(await request.write(practice.declare_situation, has, then=then))


def situation_form(catalog: Catalog, has: Mapping[str, bool]) -> Block:
    needs = [need for need in catalog.needs.values() if need.slug not in catalog.forbidden]
    lead = section("Tick what is true. You only get tips that you can do; the others wait until you tick more.")
    options = [{**option(need.name, need.slug), "description": plain(need.says)} for need in needs]
    blocks, ticked = [lead], {slug for slug, is_here in has.items() if is_here}
    for start in range(0, len(options), MAX_OPTIONS):
        boxes = choices("checkboxes", options[start : start + MAX_OPTIONS], ticked)
        blocks.append(field(f"{NEEDS}{start}", "And I have" if start else "I have", boxes, optional=True))
    shown = " ".join(need.slug for need in needs)
    return modal("What can you use?", blocks, form=SITUATION, metadata=shown, submit="Save", close="Cancel")


def situation_saved(ticked: int, shown: int, waiting: Waiting) -> Message:
    lacking = (f"{count} wait for {escape(lowered(need.name))}" for need, count in waiting.for_need[:MAX_LACKING])
    can_do = f"You can do {waiting.can_do} of {waiting.total} tips on your path now."
    waits = f" {', '.join(lacking)}." if waiting.for_need else ""
    said = f"Saved: you have {ticked} of {shown}."
    buttons = actions(button("A tip now", "tip"), button("Change", SITUATION))
    return Message(said, [section(f"*{said}* {can_do}{waits}"), buttons], replaces=False)


# What members say in a word about their open tip: the one that they got last and did not settle.


async def _of_open_tip(draw: Draw, request: Request, _words: str) -> Message:
    seen = await request.read(practice.open_tip)
    if seen is None:
        return NONE_OPEN
    ref = TipRef.asked(seen.lesson.tip.id)
    return replace(draw(request.catalog, ref, seen), replaces=None)


def too_hard(_catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> Message:
    tip = seen.lesson.tip
    text = f"Then take only the beginning of *{escape(tip.title)}*: {escape(tip.small or tip.do[0])}"
    more = overflow(("Did it", clicks.DID, ref.value), ("Easier tips from now on", "level", Level.NEW))
    return saying(text, button("An example", "example"), ANOTHER, button("All of it", "open"), more)


def too_easy(_catalog: Catalog, ref: TipRef, seen: practice.TipSeen) -> Message:
    text = f"Good: *{escape(seen.lesson.tip.title)}* is nothing new for you, then."
    return saying(text, button("Did it", clicks.DID, ref.value), ANOTHER, button("Harder tips", "level", Level.DAILY))


noun.verb("stuck", "Say what is in the way of your tip.")(partial(_of_open_tip, reasons))
noun.verb("open", "See your open tip again.", ("where",))(partial(_of_open_tip, redrawn))
noun.verb("hard", "Say that your tip is too hard, and get its beginning.")(partial(_of_open_tip, too_hard))
noun.verb("easy", "Say that your tip is too easy, and get a harder one.")(partial(_of_open_tip, too_easy))


@noun.verb("example", "See an example of your open tip, and what there is to copy.")
async def example(request: Request, _words: str) -> Message:
    seen = await request.read(practice.open_tip)
    if seen is None:
        return NONE_OPEN
    return await lines.see_one_done(request, TipRef.asked(seen.lesson.tip.id))


@noun.verb("small", "Get what five minutes can do.")
async def small(request: Request, _words: str) -> Message:
    return await tip(request, "5 minutes")


@noun.verb("skip [work]", "Get another tip in place of your open one; `skip work`: it is not your work.")
async def skip(request: Request, words: str) -> Message:
    catalog, is_mine, seen = request.catalog, words.casefold() != WORK, await request.read(practice.open_tip)
    if seen is None:
        return await tip(request, "") if is_mine else NONE_OPEN
    ref = TipRef.asked(seen.lesson.tip.id)
    is_step = place_of(catalog, ref.tip) is not None
    if is_step and not is_mine:
        return project.offered(catalog, await request.read(projects.others), ref)
    if is_step or not is_mine:
        use_case = projects.skip if is_step else practice.not_my_work
        return replace(await said(use_case, request, ref), replaces=None)
    skipped = context(f"Skipped: {escape(seen.lesson.tip.title)}. It stays open: `/roleshift did`, if you do it.")
    return await request.write(practice.tip_now, None, then=lambda choice: given_now(catalog, choice, skipped))


@noun.verb("remind [tomorrow at 10]", "Be reminded of your open tip, on a day and at an hour.")
async def remind(request: Request, words: str) -> Message:
    seen = await request.read(practice.open_tip)
    if seen is None:
        return NONE_OPEN
    ref = TipRef.asked(seen.lesson.tip.id)
    if (question := await asked_weekly_first(request, ref)) is not None:
        return question
    wish = moment_in(words, (await request.read(plans.to_plan, ref.tip)).zone, request.now)
    if wish is None:
        text = f"When shall I remind you of *{escape(seen.lesson.tip.title)}*?"
        days = button("Tomorrow", "remind", "tomorrow"), button("Next week", "remind", "next week")
        return saying(text, *days, button("Another time", clicks.WHEN, ref.value))
    what = "step" if place_of(request.catalog, ref.tip) else "tip"
    text = f"I remind you of your open {what}: {escape(seen.lesson.tip.title)}."
    try:
        return await request.write(
            plans.plan, ref.tip, None, ReminderWish(*wish),
            then=lambda planned: replace(card_of(request.catalog, ref, planned, section(text)).message(), text=text),
        )  # fmt: skip
    except CannotPlan as error:
        raise UserError(str(error), NextStep("Another time", clicks.WHEN, ref.value)) from None


@noun.verb("back", "Say that you are here again, and see where you were.")
async def back(request: Request, _words: str) -> Message:
    seen = await request.read(practice.open_tip)
    found = await request.read(schedules.state)
    return here_again(request.catalog, seen, is_paused=found.schedule.paused_until is not None)


def here_again(catalog: Catalog, seen: practice.TipSeen | None, *, is_paused: bool) -> Message:
    resume = [("Resume weekly tips", "tips", "resume")] if is_paused else []
    at = place_of(catalog, seen.lesson.tip.id) if seen else None
    if at is not None and seen is not None:
        have, lacks = in_hand(catalog, seen.record, at.step, is_back=True), seen.record.lacks(catalog)
        return step.here_again(catalog, at, TipRef.asked(at.step.id), have, lacks, *resume)
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
        return await request.write(partial(learning.mark, learned=False), last, then=skill.unlearned)
    ref = TipRef.asked(last.lesson.tip.id)
    if last.last_step is not None and last.last_step.line:
        return card_of(request.catalog, ref, last).message()
    return replace(await said(practice.undo, request, ref), replaces=None)


@noun.verb("level <new|daily>", "Get tips for people who are new to AI, or who use it every day.")
async def level(request: Request, words: str) -> Message:
    if words not in set(Level):
        steps = (NextStep(f"Tips {says}", "level", each) for each, says in LEVELS.items())
        raise UserError("How far are you with AI?", *steps)
    return await request.write(practice.set_level, Level(words), then=level_set)


def level_set(chosen: Level) -> Message:
    other = Level.NEW if chosen is Level.DAILY else Level.DAILY
    buttons = button("A tip now", "tip", style="primary"), button("Take that back", "level", other)
    return saying(f"Noted: tips {LEVELS[chosen]} from now on.", *buttons)
