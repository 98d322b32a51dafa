"""Show a skill in this channel, so that a colleague who saw it can confirm it."""

from bot.coach import learning, showings
from bot.slack import show
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import pick

USAGE = "show <skill>"


async def answer(request: Request, words: str) -> Message:
    if not words:
        return await request.read(learning.skills, request.catalog, request.who, None, then=pick.to_show)
    skill = request.catalog.skill_named(words)
    channel = request.shared_channel
    if channel is None:
        raise show.only_in_a_channel(skill)
    return await request.write(showings.show, request.who, skill, channel, request.now, then=show.shown)
