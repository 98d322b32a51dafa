"""See how your own role changes, or set it: `myrole sr devops`."""

from bot.coach.roles import my_role, set_role
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import myrole, roles

USAGE = "myrole [role]"


async def answer(request: Request, words: str) -> Message:
    if not words:
        found = await request.find(my_role, request.catalog, request.who, request.now)
        return myrole.mine(found) if found.path else await roles.pick(request)
    role = request.catalog.role_named(words)
    return await request.write(set_role, request.catalog, request.who, role, request.now, then=myrole.chosen)
