"""Take a mark back."""

from bot.coach import learning
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import learned, pick

USAGE = "unlearn <skill>"


async def answer(request: Request, words: str) -> Message:
    if not words:
        return await request.read(learning.skills, request.catalog, request.who, None, then=pick.to_unlearn)
    skill = request.catalog.skill_named(words)
    return await request.write(learning.unmark, request.catalog, request.who, skill, request.now, then=learned.unmarked)
