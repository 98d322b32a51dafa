"""See the team's desk: how far all are, where help is needed, settings; for admins."""

from functools import partial

from bot.coach import editions, team
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import content
from bot.slack.screens import team as desk

USAGE = "team"


async def answer(request: Request, _words: str) -> Message:
    await request.check_admin("see the team's desk")
    trouble = await request.read(editions.shelf, then=content.trouble)
    stale = content.stale(request.catalog, request.now.date())
    shown = partial(desk.shown, trouble=[*trouble, *stale])
    return await request.write_unmet(team.desk, request.catalog, request.who, request.now, then=shown)
