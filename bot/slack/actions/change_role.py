"""*Change role*: shows the picker."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import roles


async def answer(request: Request, _words: str) -> Message:
    return roles.picker(request.catalog)
