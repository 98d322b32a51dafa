"""*Post it*, under the preview: the challenge and its message to the channel are stored in one go."""

from functools import partial

from bot.coach import challenges
from bot.slack.message import Block
from bot.slack.request import Request
from bot.slack.rights import check_may_start
from bot.slack.screens.challenge import form


async def submit(request: Request, words: str, fields: dict[str, str]) -> Block:  # noqa: ARG001 - the preview has no fields
    await check_may_start(request)
    return await request.write(
        challenges.post, request.who, words, request.now, then=partial(form.posted, now=request.now)
    )
