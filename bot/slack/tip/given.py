"""A tip that a member asks for: the answer to `tip`, and to *Another one* under the tip of the week."""

from functools import partial

from bot.coach import nudges
from bot.coach.nudges import Another
from bot.coach.tips import Given
from bot.core.catalog import Catalog
from bot.slack.blocks import context
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.tip import tips
from bot.slack.tip.card import Card
from bot.slack.tip.ref import Origin, TipRef


def given(catalog: Catalog, found: Given) -> Message:
    """Return the answer to `tip`."""
    choice = found.choice
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.NOW)
    question = tips.question(found.schedule, aside=True) if choice.role else ()
    return Card(catalog, choice.lesson, choice.role, ref).message(*question)


def another(catalog: Catalog, week: str, found: Another) -> Message:
    """Return the second tip of a week, which stands beside the first."""
    choice = found.choice
    ref = TipRef(choice.lesson.tip.id, choice.reason, Origin.ANOTHER, week)
    above = () if found.new else (context("You already got this second tip; the next one comes next week."),)
    return Card(catalog, choice.lesson, choice.role, ref, above=above).message()


async def answer_another(request: Request, ref: TipRef) -> Message:
    """Give a second tip beside the week's tip, once a week."""
    then = partial(another, request.catalog, ref.week or "")
    return await request.write(
        nudges.another, request.catalog, request.who, ref.key(request.who) or "", request.now, then=then
    )
