"""*Another one*: a second tip beside the week's nudge, once a week."""

from functools import partial

from bot.coach import nudges
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import nudge


async def answer(request: Request, words: str) -> Message:
    return await request.write(
        nudges.another,
        request.catalog,
        request.who,
        words,
        request.now,
        then=partial(nudge.another, request.catalog),
    )
