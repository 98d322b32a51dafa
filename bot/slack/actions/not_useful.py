"""*Not useful*: fewer tips of that kind."""

from bot.coach import nudges
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import nudge


async def answer(request: Request, words: str) -> Message:
    return await request.write(
        nudges.not_useful, request.catalog, request.who, words, request.now, then=nudge.noted_not_useful
    )
