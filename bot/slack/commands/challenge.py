"""See the team's challenges and take part; admins start, close and cancel them: `challenge new`."""

from functools import partial

from bot.coach import challenges
from bot.core.errors import UserError, quoted
from bot.slack.form import Form
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.rights import RUN, check_may_start
from bot.slack.views import challenge_form
from bot.slack.views import challenges as view

USAGE = "challenge [new|close|cancel]"
ALIASES = ("challenges",)
ENDS = {"close": view.CLOSE, "cancel": view.CANCEL}


async def answer(request: Request) -> Message | Form:
    words = request.words.casefold()
    if words == view.NEW:
        await check_may_start(request)
        return Form(challenge_form.templates(request.catalog))
    if words in ENDS:
        await request.check_admin(RUN)
        return await request.read(
            challenges.listing, request.who, request.now, then=partial(view.to_end, verb=ENDS[words])
        )
    if words:
        raise UserError(f"I don't know the challenge {quoted(request.words)}. `/roleshift challenge` lists them.")
    return await request.read(challenges.listing, request.who, request.now, then=view.listed)
