"""Have everything about you deleted; asks first."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens.privacy import ASK

USAGE = "forget me"


async def answer(_request: Request, _words: str) -> Message:
    return ASK
