"""*Remind me tomorrow*: the same tip once more."""

from bot.coach import nudges
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import nudge


async def answer(request: Request, words: str) -> Message:
    return await request.write(nudges.remind_tomorrow, request.who, words, request.now, then=nudge.will_remind)
