"""Look at any role: was, now, and its skills."""

from bot.coach.roles import look_at
from bot.slack import role
from bot.slack.message import Message
from bot.slack.request import Request

USAGE = "role <role>"


async def answer(request: Request, words: str) -> Message:
    wanted = request.catalog.role_named(words)
    return await request.read(look_at, request.catalog, request.who, wanted, then=role.seen)
