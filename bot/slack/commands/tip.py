"""Get a tip now, and why this one."""

from functools import partial

from bot.coach.tips import tip_now
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.views import tip

USAGE = "tip [skill]"


async def answer(request: Request) -> Message:
    return await next_tip(request, after=None)


async def next_tip(request: Request, after: str | None) -> Message:
    """A tip for the member, other than the one with the id `after`; of one skill if the words name it."""
    about = request.catalog.skill_named(request.words) if request.words else None
    return await request.write(
        tip_now, request.catalog, request.who, about, after, request.now, then=partial(tip.given, request.catalog)
    )
