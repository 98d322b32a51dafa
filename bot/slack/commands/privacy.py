"""Read what is kept about you, and why; see it and take it with you."""

from bot.core.errors import NextStep, UserError
from bot.slack import my_data
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens.privacy import KEPT

USAGE = "privacy [data|export]"
DATA, EXPORT = "data", "export"


async def answer(request: Request, words: str) -> Message:
    asked = words.casefold().strip()
    if asked not in {"", DATA, EXPORT}:
        raise UserError(
            "Type `/roleshift privacy`, `privacy data` or `privacy export`.",
            NextStep("What I keep about you", "privacy"),
        )
    if not asked:
        return KEPT
    found = await my_data.export_of(request.store, request.who)
    if found is None:
        return my_data.NOTHING
    if asked == DATA:
        return my_data.seen(request.catalog, found)
    await request.slack.uploads.send(request.who.member_id, found.file)
    return my_data.SENT
