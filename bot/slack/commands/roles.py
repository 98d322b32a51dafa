"""See how each role changes."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import roles

USAGE = "roles"


async def answer(request: Request, _words: str) -> Message:
    return roles.every(request.catalog)
