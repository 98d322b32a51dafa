"""Admins: see which content is taught, and which of the team's own packs are left out."""

from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.team import content_view as content

USAGE = "content"


async def answer(request: Request, _words: str) -> Message:
    await request.check_admin("see which content is taught")
    return content.shown(request.catalog, request.services.content_library.packs, request.now.date())
