"""Read what is kept about you, and why; see it and take it with you."""

from bot.coach import exports
from bot.core.errors import NextStep, UserError
from bot.slack.exports import FILE_NAME, Export, export_of
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import my_data
from bot.slack.screens.privacy import KEPT
from bot.slack.uploads import File

USAGE = "privacy [data|export]"
DATA, EXPORT = "data", "export"


async def answer(request: Request, words: str) -> Message:
    asked, *more = words.casefold().split()[:3] or [""]
    if asked not in {"", DATA, EXPORT}:
        raise UserError(
            "Type `/roleshift privacy`, `privacy data` or `privacy export`.",
            NextStep("What I keep about you", "privacy"),
        )
    if not asked:
        return KEPT
    found = await export_of(request.store, request.who)
    if found is None:
        return my_data.NOTHING
    if asked == DATA:
        return my_data.seen(request.catalog, found)
    return my_data.part(found, *more) if more else await _deliver(request, found)


async def _deliver(request: Request, found: Export) -> Message:
    """Send the export as a file; if that is not possible as a link, and without a public address in parts."""
    if await request.slack.uploads.send(request.who.member_id, File(FILE_NAME, found.json, my_data.COMMENT)):
        return my_data.SENT
    links = request.services.links
    if links is None:
        return my_data.part(found)
    token = links.new_token(request.who.workspace_id)
    address = links.address(request.who.workspace_id, token)
    return await request.write_unmet(
        exports.allow, request.who, token, request.now, then=lambda _: my_data.link(address)
    )
