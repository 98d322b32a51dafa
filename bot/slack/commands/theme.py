"""Open one theme."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import themes

USAGE = "theme <theme>"


async def answer(request: Request, words: str) -> Message:
    return themes.theme(request.catalog, request.catalog.theme_named(words))
