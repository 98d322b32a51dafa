"""*Try again*: plans anew the weekly tips that Slack refused or that were missed, where they may still come."""

from bot.coach import team
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import team as desk


async def answer(request: Request, _words: str) -> Message:
    await request.check_admin("try tips again")
    return await request.write(team.try_again, request.who, request.now, then=desk.tried_again)
