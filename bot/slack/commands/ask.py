"""Ask in your own words, and I look it up in what I coach."""

from bot.slack import ask as screen
from bot.slack.message import Message
from bot.slack.request import Request

USAGE = "ask <question>"


async def answer(request: Request, words: str) -> Message:
    if not words:
        return screen.EXAMPLES
    return await screen.about(request, words)
