"""*Forget me*, once confirmed: deletes every row about the member."""

from bot.coach import membership
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import privacy


async def answer(request: Request, _words: str) -> Message:
    message = await request.write_unmet(
        membership.forget, request.who, request.now, request.asked_at, then=privacy.forgotten
    )
    request.services.people.forget(request.who)
    await request.services.store.erase()
    return message
