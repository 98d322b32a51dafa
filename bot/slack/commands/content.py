"""See what I teach; admins: read the team's own files again with `content reload`."""

from functools import partial

from bot.coach import editions
from bot.core.errors import NextStep, UserError
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import content

USAGE = "content [reload]"


async def answer(request: Request, words: str) -> Message:
    await request.check_admin("see and reload the content")
    if words.casefold() == "reload":
        return await _reload(request)
    if words:
        raise UserError(
            "Type `/roleshift content` or `/roleshift content reload`.", NextStep("See the content", "content")
        )
    return await request.read(editions.shelf, then=partial(content.shown, request.catalog, request.now.date()))


async def _reload(request: Request) -> Message:
    """Read the files again. The other processes follow, because the database has the version that is wanted."""
    library = request.services.content_library
    before = library.version
    if not await library.reload():
        return content.refused(library.mistakes)
    reloaded = partial(content.reloaded, library.catalog, library.version, is_new=library.version != before)
    served = library.copy, library.entries
    return await request.write(editions.publish_for, request.who, *served, request.now, then=reloaded)
