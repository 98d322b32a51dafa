"""See what runs through every role: themes, mottos, and how roles blend."""

from bot.slack import theme as themes
from bot.slack.message import Message
from bot.slack.request import Request

USAGE = "themes"


async def answer(request: Request, _words: str) -> Message:
    return themes.every(request.catalog)
