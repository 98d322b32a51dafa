"""See the reminders that you planned; change or cancel them."""

from bot.coach import plans
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.tip import plan

USAGE = "plan"


async def answer(request: Request, _words: str) -> Message:
    return await request.read(plans.planned, request.catalog, request.who, request.now, then=plan.listed)
