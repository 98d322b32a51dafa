"""List the skills on your path, or on any role's."""

from bot.coach import learning
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import skills

USAGE = "skills [role]"


async def answer(request: Request, words: str) -> Message:
    role = request.catalog.role_named(words) if words else None
    return await request.read(learning.skills, request.catalog, request.who, role, then=skills.listed)
