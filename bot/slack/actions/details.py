"""*Details* of a challenge, for a member who may know of it."""

from bot.coach import entries
from bot.core.challenges import ChallengeState
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.rights import check_may_start
from bot.slack.screens.challenge import card


async def answer(request: Request, words: str) -> Message:
    await request.check_member()
    taken = await request.find(entries.look, request.who, words, request.channel)
    if taken.challenge.state is ChallengeState.DRAFT:
        await check_may_start(request)
    organises = taken.challenge.started_by == request.who.member_id
    return card.details(request.catalog, taken, request.now, organises=organises)
