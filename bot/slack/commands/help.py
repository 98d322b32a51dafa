"""List everything you can type."""

from bot.slack import commands
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import help as screen

USAGE = "help"


async def answer(_request: Request) -> Message:
    return screen.listed((command.USAGE, commands.explain(command)) for command in commands.COMMANDS)
