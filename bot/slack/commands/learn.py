"""Mark a skill as learned."""

from functools import partial

from bot.coach import learning
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import learned, pick

USAGE = "learn <skill>"
ALIASES = ("learned",)


async def answer(request: Request, words: str) -> Message:
    if not words:
        return await request.read(learning.skills, request.catalog, request.who, None, then=pick.to_learn)
    skill = request.catalog.skill_named(words)
    then = partial(learned.marked, in_channel=request.shared_channel is not None)
    return await request.write(learning.mark_learned, request.catalog, request.who, skill, request.now, then=then)
