"""Admins: see who did what, when and on what; `audit export` gives it as CSV."""

import asyncio
import re
from functools import partial

from bot.coach import audits
from bot.core.errors import NextStep, UserError
from bot.slack.message import Message
from bot.slack.request import Request
from bot.slack.team import audit_view as view
from bot.slack.uploads import File

USAGE = "audit [export]"
WORDS = re.compile(r"(?P<export>export)|(?P<after>[0-9a-f]{24})?")
ROWS_AT_ONCE = 500  # of a file; between two reads, others get their turn


async def answer(request: Request, words: str) -> Message:
    asked = WORDS.fullmatch(words.casefold())
    if asked is None:
        raise UserError("Type `/roleshift audit` or `/roleshift audit export`.", NextStep("The audit", "audit"))
    await request.check_admin("see the audit")
    if asked["export"]:
        await _send(request)
        return view.SENT
    after = asked["after"] or ""
    shown = partial(view.listed, days=request.services.retention.audit.days, is_first=not after)
    return await request.write_unmet(audits.read, request.who, after, view.ACTS, request.now, then=shown)


async def _send(request: Request) -> None:
    """Record the export, and send the whole audit as a file."""
    store, pages = request.store, [view.HEAD]
    found = await store.write(audits.export, request.who, ROWS_AT_ONCE, request.now)
    while True:
        pages.append(view.csv_of(found.acts))
        if found.older is None:
            break
        await asyncio.sleep(0)
        found = await store.read(audits.page, request.who.workspace_id, found.older, ROWS_AT_ONCE)
    file = File(view.FILE_NAME, "".join(pages), view.COMMENT, NextStep("Export", "audit", "export"))
    await request.slack.uploads.send(request.who.member_id, file)
