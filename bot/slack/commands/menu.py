"""Show the things people do most."""

from bot.slack.menu import MENU
from bot.slack.message import Message
from bot.slack.request import Request

USAGE = ""


async def answer(_request: Request, _words: str) -> Message:
    return MENU
