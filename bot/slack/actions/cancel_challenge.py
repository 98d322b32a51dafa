"""*Cancel it*: calls a challenge off, once confirmed."""

from bot.coach import challenges
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.rights import check_may_run
from bot.slack.screens.challenge.list import ended


async def answer(request: Request, words: str) -> Message:
    await check_may_run(request, words)
    return await request.write(challenges.cancel, request.who, words, request.now, then=ended)
