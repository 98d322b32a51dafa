"""Open one theme."""

from bot.slack import theme as themes
from bot.slack.message import Message
from bot.slack.request import Request

USAGE = "theme <theme>"


async def answer(request: Request, words: str) -> Message:
    return themes.theme(request.catalog, request.catalog.theme_named(words))
