"""Admins: see who did what, when and on what; `audit export` gives it as CSV."""

import asyncio
import re
from functools import partial

from bot.coach import audits
from bot.core.errors import NextStep, UserError
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.screens import audit as view
from bot.slack.uploads import File

USAGE = "audit [export]"
WORDS = re.compile(r"(?P<export>export)?\s*(?P<after>[0-9a-f]{24})?")
ROWS_AT_ONCE = 500  # of a file; between two reads, others get their turn


async def answer(request: Request, words: str) -> Message:
    asked = WORDS.fullmatch(words.casefold())
    if asked is None:
        raise UserError("Type `/roleshift audit` or `/roleshift audit export`.", NextStep("The audit", "audit"))
    await request.check_admin("see the audit")
    after, days = asked["after"] or "", request.services.retention.audit.days
    if not asked["export"]:
        shown = partial(view.listed, days=days, is_first=not after)
        return await request.write_unmet(audits.read, request.who, after, view.ACTS, request.now, then=shown)
    if not after and await _sent(request):
        return view.SENT
    part = partial(view.part, is_first=not after)
    return await request.read(audits.page, request.who.workspace_id, after, view.MAX_ROWS, then=part)


async def _sent(request: Request) -> bool:
    """Record the export, send the whole audit as a file, and return whether that worked."""
    store, pages = request.store, [view.HEAD]
    found = await store.write(audits.export, request.who, ROWS_AT_ONCE, request.now)
    while True:
        pages.append(view.csv_of(found.acts))
        if found.older is None:
            break
        await asyncio.sleep(0)
        found = await store.read(audits.page, request.who.workspace_id, found.older, ROWS_AT_ONCE)
    return await request.slack.uploads.send(request.who.member_id, File(view.FILE_NAME, "".join(pages), view.COMMENT))
