"""End a pause."""

from bot.coach import schedules
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.tip import tips

USAGE = "resume"


async def answer(request: Request, _words: str) -> Message:
    return await request.write(schedules.resume, request.who, request.now, then=tips.paused)
