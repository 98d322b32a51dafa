"""*Details* of a challenge, for whoever asks."""

from functools import partial

from bot.coach import entries
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.views import challenge


async def answer(request: Request) -> Message:
    return await request.read(
        entries.look,
        request.who,
        request.words,
        then=partial(challenge.details, request.catalog, now=request.now),
    )
