"""Answer a question about a skill now: one that is due, or of the skill that you name."""

from bot.coach import checks
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.tip import check_now as check

USAGE = "check [skill]"


async def answer(request: Request, words: str) -> Message:
    about = request.catalog.skill_named(words) if words else None
    return await request.write(checks.ask, request.catalog, request.who, about, request.now, then=check.asked)
