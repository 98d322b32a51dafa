"""List everything you can type."""

from bot.slack import routes
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import help as screen

USAGE = "help"


async def answer(_request: Request, _words: str) -> Message:
    return screen.listed((command.USAGE, routes.explain(command)) for command in routes.COMMANDS)
