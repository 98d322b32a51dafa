"""*I did it*: stored at once; a line about it can follow."""

from bot.coach import entries
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens.challenge import entry


async def answer(request: Request, words: str) -> Message:
    return await request.write(
        entries.did,
        request.catalog,
        request.who,
        words,
        request.now,
        request.clicked,
        request.channel,
        then=entry.done,
    )
