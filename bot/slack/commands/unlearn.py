"""Take a mark back."""

from bot.coach import learning
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.views import learned

USAGE = "unlearn <skill>"


async def answer(request: Request) -> Message:
    skill = request.catalog.skill_named(request.words)
    return await request.write(learning.unmark, request.catalog, request.who, skill, request.now, then=learned.unmarked)
