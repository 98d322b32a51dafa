"""*I'm in*: takes part in a challenge."""

from functools import partial

from bot.coach import entries
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens.challenge import entry


async def answer(request: Request, words: str) -> Message:
    return await request.write(
        entries.join,
        request.who,
        words,
        request.now,
        request.clicked,
        request.channel,
        then=partial(entry.joined, now=request.now),
    )
