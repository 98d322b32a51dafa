"""Tips that a member gets: the verb `tip`, the weekly tip and a second one, and the reminder that they planned."""

from functools import partial

from bot.coach import tips as coach
from bot.coach.posts.tips import TipPost, WelcomePost
from bot.coach.tips import Another, TipNow, tip_now
from bot.core.catalog import Catalog
from bot.core.outbox import Delivery
from bot.core.practice import WEEK
from bot.slack.blocks import actions, button, context, moment, section
from bot.slack.message import Message, Rendered
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.tip import tips
from bot.slack.tip.card import ANOTHER, Card, quote
from bot.slack.tip.ref import CheckRef, Origin, TipRef

_GOOD_TO_SEE_YOU = Rendered(section("Good to see you. Here is a short one."))

noun = Noun()


@noun.verb("tip [skill]", "Get a tip now, and why this one.")
async def tip(request: Request, words: str) -> Message:
    about = request.catalog.skill_named(words) if words else None
    then = partial(given_now, request.catalog)
    return await request.write(tip_now, request.catalog, request.who, about, request.now, then=then)


def given_now(catalog: Catalog, found: TipNow) -> Message:
    choice = found.choice
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.NOW, turn=choice.turn)
    return Card(catalog, choice.lesson, choice.role, ref).message()


@noun.click(ANOTHER, TipRef.parse)
async def another(request: Request, ref: TipRef) -> Message:
    """Give a second tip beside the week's tip, once a week."""
    then = partial(second_tip, request.catalog, ref.week or "")
    return await request.write(
        coach.another, request.catalog, request.who, ref.key(request.who) or "", request.now, then=then
    )


def second_tip(catalog: Catalog, week: str, found: Another) -> Message:
    choice = found.choice
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.ANOTHER, week, turn=choice.turn)
    above = () if found.new else (context("You already got this second tip; the next one comes next week."),)
    return Card(catalog, choice.lesson, choice.role, ref, above=above).message()


def weekly_tip(catalog: Catalog, delivery: Delivery, post: TipPost) -> Message:
    choice = post.choice
    check = None
    if post.check is not None:
        weeks = max(1, (delivery.due_at - post.learned_at) // WEEK) if post.learned_at else None
        check = CheckRef(post.check.check.id, post.check.check.version, weeks)
    still = post.still.tip.id if post.still else None
    tip = choice.lesson.tip.id
    ref = TipRef(
        tip, choice.reason, Origin.WEEKLY, delivery.week, check, turn=choice.turn, still=still, pulse=post.pulse,
        asks_rhythm=post.asks_rhythm,
    )  # fmt: skip
    greeting = (_GOOD_TO_SEE_YOU,) if post.is_back else ()
    return Card(catalog, choice.lesson, choice.role, ref, above=greeting).message()


def reminder(catalog: Catalog, post: TipPost) -> Message:
    choice = post.choice
    assert post.plan is not None  # noqa: S101 - a reminder is sent only with its plan
    tip, plan_id = choice.lesson.tip.id, post.plan.plan_id
    ref = TipRef(tip, choice.reason, Origin.REMINDER, plan_id=plan_id, turn=choice.turn)
    return Card(catalog, choice.lesson, choice.role, ref, above=(quote(post.plan),)).message()


def welcome(post: WelcomePost) -> Message:
    """Say once when the first tip comes and how to stop."""
    first = f" The first one comes on {moment(post.first_due_at, post.zone)}." if post.first_due_at else ""
    text = f"One message a week. Stop with one click.{first}"
    return Message(
        text,
        [
            section(text),
            actions(
                button("A tip now", "tip"), button("Choose day and time", tips.CHOOSE), button("Stop", "tips", "off")
            ),
            context("Going away? `/roleshift pause 2 weeks` pauses your tips."),
        ],
    )
