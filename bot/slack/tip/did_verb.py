"""Say which tip you did."""

from functools import partial

from bot.coach import practice
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.tip import which

USAGE = "did [tip]"


async def answer(request: Request, words: str) -> Message:
    lessons = request.catalog.tips_named(words)
    if len(lessons) != 1:
        then = partial(which.asked, words, lessons)
        return await request.read(practice.undone, request.catalog, request.who, then=then)
    tip, then_done = lessons[0].tip.id, partial(which.done, request.catalog, request.who)
    return await request.write(practice.report, request.catalog, request.who, tip, request.now, then=then_done)
