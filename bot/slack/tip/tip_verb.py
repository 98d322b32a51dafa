"""Get a tip now, and why this one."""

from functools import partial

from bot.coach.tips import tip_now
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.tip import given

USAGE = "tip [skill]"


async def answer(request: Request, words: str) -> Message:
    about = request.catalog.skill_named(words) if words else None
    then = partial(given.given, request.catalog)
    return await request.write(tip_now, request.catalog, request.who, about, request.now, then=then, on_home=False)
