"""See how the four roles change."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.views import roles

USAGE = "roles"


async def answer(request: Request) -> Message:
    return roles.every(request.catalog)
