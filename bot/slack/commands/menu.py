"""Show the things people do most."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens.menu import MENU

USAGE = ""


async def answer(_request: Request, _words: str) -> Message:
    return MENU
