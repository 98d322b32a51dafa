"""*Another tip*: the next one after the tip whose id the button bears."""

from dataclasses import replace

from bot.core.errors import UserError
from bot.slack.commands import tip
from bot.slack.message import Message
from bot.slack.request import Request


async def answer(request: Request) -> Message:
    lesson = request.catalog.lessons.get(request.words)
    if lesson is None:
        raise UserError("That tip is no longer there. Try `/roleshift tip`.")
    return await tip.next_tip(replace(request, words=""), after=lesson.tip.id)
