"""See why a skill matters and how to practise it."""

from bot.coach import learning
from bot.slack import skill
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import pick

USAGE = "skill <skill>"


async def answer(request: Request, words: str) -> Message:
    if not words:
        return await request.read(learning.skills, request.catalog, request.who, None, then=pick.to_see)
    wanted = request.catalog.skill_named(words)
    return await request.read(learning.skill, request.who, wanted, then=skill.seen)
