"""See the team's challenges and take part; admins start, close and cancel them: `challenge new`."""

import re
from functools import partial

from bot.coach import challenges
from bot.core.challenges import LIST
from bot.core.errors import UserError, quoted
from bot.slack.challenge import list as view
from bot.slack.challenge import template
from bot.slack.challenge.rights import RUN, check_may_start
from bot.slack.form import Form
from bot.slack.message import Message
from bot.slack.request import Request

USAGE = "challenge [new|close|cancel]"
ALIASES = ("challenges",)
ENDS = {"close": view.CLOSE, "cancel": view.CANCEL}


async def answer(request: Request, typed: str) -> Message | Form:
    await request.check_member()
    words, page = _page_of(typed.casefold())
    if words == view.NEW:
        await check_may_start(request)
        return Form(template.templates(request.catalog, request.public_channel))
    if words in ENDS:
        await request.check_admin(RUN)
        shown = partial(view.to_end, page=page, verb=ENDS[words], word=words)
        return await request.read(challenges.listing, request.who, request.now, then=shown)
    if words:
        raise UserError(f"I don't know the challenge {quoted(typed)}.", LIST)
    return await request.read(challenges.listing, request.who, request.now, then=partial(view.listed, page=page))


def _page_of(words: str) -> tuple[str, int]:
    """Return what comes before `page 2`, and the number of the page."""
    found = re.fullmatch(r"(.*?)\s*\bpage ([1-9]\d{0,2})", words)
    return (found[1], int(found[2])) if found else (words, 1)
