"""See what changed for your role since you last looked."""

from bot.coach import whatsnew
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import whatsnew as screen

USAGE = "whatsnew"
ALIASES = ("news",)


async def answer(request: Request, _words: str) -> Message:
    then = screen.shown
    return await request.write(whatsnew.look, request.catalog, request.who, request.now, then=then, on_home=False)
