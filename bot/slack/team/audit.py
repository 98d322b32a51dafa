"""The audit for admins: who did what, when and on what; in sentences, page by page, and as CSV."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from functools import partial

from bot.coach import admins
from bot.coach.admins import AuditPage
from bot.core.errors import NextStep, UserError
from bot.core.member import Act, Acted
from bot.slack.blocks import actions, button, context, header, moment_for_all, section, worded
from bot.slack.message import Message, escape
from bot.slack.noun import Noun
from bot.slack.request import Request
from bot.slack.team.charts import csv_line
from bot.slack.uploads import File

noun = Noun()

WORDS = re.compile(r"(?P<export>export)|(?P<after>[0-9a-f]{24})?")
ROWS_AT_ONCE = 500  # of a file; between two reads, others get their turn
ACTS = 15  # of a page
FILE_NAME = "roleshift-audit.csv"
_INTRODUCTION = re.compile("introduction:([A-Z0-9]+):")  # the start of its idempotency key
COLUMNS = ("at", "act", "admin", "on_member", "subject")
COMMENT = "The audit: who did what, when and on what. Slack keeps this file until you delete it."
SAID: Mapping[Act, str] = {  # {on} is a member, {subject} what was typed or chosen, or an id
    Act.ADMIN_ADDED: "named {on} as coach admin",
    Act.ADMIN_REMOVED: "removed {on} as coach admin",
    Act.ADMIN_LOST: "{on} is no coach admin any more, as Slack says they left or became a guest",
    Act.CHALLENGE_POSTED: "posted the challenge {subject}",
    Act.CHALLENGE_POSTED_AGAIN: "posted the challenge {subject} again",
    Act.CHALLENGE_CLOSED: "closed the challenge {subject}",
    Act.CHALLENGE_CANCELLED: "cancelled the challenge {subject}",
    Act.LINES_PICKED: "chose quotes of the challenge {subject}",
    Act.SETTINGS_CHANGED: "changed the setting {subject}",
    Act.NUDGES_TRIED_AGAIN: "tried tips again that had not arrived",
    Act.INTRODUCED: "introduced the coach in {subject}",
    Act.DESK_READ: "looked at the team's desk",
    Act.DESK_EXPORTED: "exported the figures of the team's desk",
    Act.AUDIT_READ: "looked at this audit",
    Act.AUDIT_EXPORTED: "exported this audit",
    Act.DENIED: "was refused, as only admins can {subject}",
}


@noun.verb("audit [export]", "Admins: see who did what, when and on what; `audit export` gives it as CSV.")
async def audit(request: Request, words: str) -> Message:
    asked = WORDS.fullmatch(words.casefold())
    if asked is None:
        raise UserError("Type `/roleshift audit` or `/roleshift audit export`.", NextStep("The audit", "audit"))
    await request.check_admin("see the audit")
    if asked["export"]:
        await _send(request)
        return SENT
    after = asked["after"] or ""
    shown = partial(act_list, days=request.services.retention.audit.days, is_first=not after)
    return await request.write_unmet(admins.read_audit, request.who, after, ACTS, request.now, then=shown)


async def _send(request: Request) -> None:
    """Record the export, and send the whole audit as a file."""
    await request.take()
    store, pages = request.store, [HEAD]
    found = await store.write(admins.export_audit, request.who, ROWS_AT_ONCE, request.now)
    while True:
        pages.append(csv_of(found.acts))
        if found.older is None:
            break
        await asyncio.sleep(0)
        found = await store.read(admins.audit_page, request.who.workspace_id, found.older, ROWS_AT_ONCE)
    file = File(FILE_NAME, "".join(pages), COMMENT, NextStep("Export", "audit", "export"))
    await request.slack.uploads.send(request.who.member_id, file)


def act_list(found: AuditPage, *, days: int, is_first: bool) -> Message:
    """Answer `/roleshift audit`. `days`: for how long an act is kept."""
    lines = [worded(f"{moment_for_all(acted.at)}: {_said(acted)}") for acted in found.acts]
    older = [button("Older", "audit", found.older)] if found.older else []
    newest = [] if is_first else [button("Newest", "audit")]
    return Message(
        "The audit: who did what, when and on what.",
        [
            header("The audit"),
            *(lines or [section("Nothing yet.")]),
            context(f"Acts are kept for {days} days. Only admins see this, and looking at it is an act in it."),
            actions(*older, *newest, button("Export", "audit", "export"), button("The team's desk", "team")),
        ],
    )


SENT = Message(
    "The audit is in our direct messages, as a file.",
    [
        section("*The audit is in our direct messages, as a CSV file.* Slack keeps that file until you delete it."),
        actions(button("The audit", "audit")),
    ],
    replaces=False,
)


def csv_of(acts: Iterable[Acted]) -> str:
    """Return acts as lines of CSV. No cell can run as a formula in a spreadsheet."""
    return _lines((act.at.isoformat(), act.act, act.admin_id, act.on_member, act.subject) for act in acts)


def _lines(rows: Iterable[Iterable[str | None]]) -> str:
    return "".join(csv_line(value or "" for value in row) for row in rows)


HEAD = _lines([COLUMNS])


def _said(acted: Acted) -> str:
    said = SAID[acted.act].format(on=_mention(acted.on_member), subject=_subject(acted))
    return said if acted.act is Act.ADMIN_LOST else f"{_mention(acted.admin_id)} {said}"


def _subject(acted: Acted) -> str:
    """Return the channel of an introduction as a mention, which Slack shows to those who may see it."""
    channel = _INTRODUCTION.match(acted.subject or "") if acted.act is Act.INTRODUCED else None
    return f"<#{channel[1]}>" if channel else f"*{escape(acted.subject or '—')}*"


def _mention(member_id: str | None) -> str:
    return f"<@{member_id}>" if member_id else "somebody who is not kept"
