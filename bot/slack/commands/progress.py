"""See how far you are, by role, by theme and over time."""

from bot.coach import learning
from bot.slack import progress
from bot.slack.message import Message
from bot.slack.request import Request

USAGE = "progress"


async def answer(request: Request, _words: str) -> Message:
    return await request.read(learning.progress, request.catalog, request.who, request.now, then=progress.shown)
