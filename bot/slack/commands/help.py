"""List everything you can type."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import help as screen

USAGE = "help"


async def answer(request: Request, _words: str) -> Message:
    return screen.listed((verb.usage, verb.explains) for verb in request.nouns.in_order)
