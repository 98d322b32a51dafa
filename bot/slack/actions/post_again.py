"""*Post again*: a challenge or a recap that Slack refused or did not confirm."""

from bot.coach import challenges
from bot.core.challenges import id_in
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.rights import check_may_run
from bot.slack.screens.challenge.list import on_its_way


async def answer(request: Request, words: str) -> Message:
    await check_may_run(request, id_in(words))
    return await request.write(challenges.post_again, request.who, words, request.now, then=on_its_way)
