"""See your dated record, ready for a review: all of it, or `month`, `quarter`, `2026`."""

from functools import partial

from bot.coach import record
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import record as screen

USAGE = "record [period]"


async def answer(request: Request, words: str) -> Message:
    period, page = screen.split_page(words)
    then = partial(screen.shown, page=page)
    return await request.read(record.record_for, request.catalog, request.who, period, request.now, then=then)
