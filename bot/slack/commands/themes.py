"""See what runs through every role: themes, mottos, and how roles blend."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import themes

USAGE = "themes"


async def answer(request: Request, _words: str) -> Message:
    return themes.every(request.catalog)
