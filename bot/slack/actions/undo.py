"""*Not done after all*: takes *I did it* back."""

from bot.coach import entries
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens.challenge import entry


async def answer(request: Request, words: str) -> Message:
    return await request.write(entries.undo, request.who, words, request.now, then=entry.undone)
