"""Read what is kept about you, and why."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens.privacy import KEPT

USAGE = "privacy"


async def answer(_request: Request, _words: str) -> Message:
    return KEPT
