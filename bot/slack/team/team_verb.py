"""See the team's desk: how far all are, where help is needed, settings; its figures as CSV; for admins."""

from functools import partial

from bot.coach import team
from bot.core.errors import NextStep, UserError
from bot.core.member import Act
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.team import content_view as content
from bot.slack.team import desk
from bot.slack.team import export as team_export

USAGE = "team [export]"


async def answer(request: Request, words: str) -> Message:
    if words.casefold() == team_export.EXPORT:
        await request.check_admin("export the team's figures")
        return await request.write_unmet(
            team.read_desk, request.catalog, request.who, Act.DESK_EXPORTED, request.now, then=team_export.exported
        )
    if words:
        raise UserError("Type `/roleshift team` or `/roleshift team export`.", NextStep("The team's desk", "team"))
    await request.check_admin("see the team's desk")
    trouble = content.trouble(request.services.content_library.packs)
    stale = content.stale(request.catalog, request.now.date())
    shown = partial(desk.shown, trouble=[*trouble, *stale])
    return await request.write_unmet(
        team.read_desk, request.catalog, request.who, Act.DESK_READ, request.now, then=shown
    )
