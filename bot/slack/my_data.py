"""What is stored about a member: in short, and as a JSON file. A long history does not block the loop."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.catalog import Catalog
from bot.core.errors import NextStep, UserError
from bot.core.member import MemberKey
from bot.slack.blocks import actions, button, context, section
from bot.slack.dates import day
from bot.slack.message import Message, escape, to_json
from bot.slack.screens.privacy import DELETE
from bot.slack.uploads import File
from bot.store import Store, export

COUNTED: Mapping[str, str] = {  # a table → what one or several of its rows are called
    "member": "entry about you: role, time zone, when I met you|",
    "skill_mark": "skill that you marked|skills that you marked",
    "skill_history": "step of learning and taking back|steps of learning and taking back",
    "tip_given": "tip that you got|tips that you got",
    "practice": "step with a tip (done, undone, blocked), with your lines|"
    "steps with tips (done, undone, blocked), with your lines",
    "situation": "answer about what you have at work|answers about what you have at work",
    "quiz": "question that I asked you, with your answer|questions that I asked you, with your answers",
    "plan": "reminder that you planned|reminders that you planned",
    "showing": "skill that you showed|skills that you showed",
    "path_shared": "finished path that you shared|finished paths that you shared",
    "entry": "challenge that you joined, with what you shared|challenges that you joined, with what you shared",
    "schedule": "setting of your weekly tips: day, hour, pauses|",
    "delivery": "message of mine to you, and whether it arrived|messages of mine to you, and whether they arrived",
    "coach_admin": "entry that makes you a coach admin|",
    "home": "entry about your Home tab, and when you opened it|",
}
NAMED: Mapping[str, str] = {
    "challenge": "challenge that you started|challenges that you started",
    "coach_admin": "coach admin whom you named|coach admins whom you named",
    "installation": "installation of mine, by you|",
    "audit": "act in the audit, by you or about you|acts in the audit, by you or about you",
}
AGAIN = NextStep("Export", "privacy", "export")
_PRIVACY = button("What I keep and why", "privacy")
_EXPORT = button("Export", "privacy", "export")

NOTHING = Message(
    "I keep nothing about you.",
    [section("*I keep nothing about you*, so there is nothing to show or to export."), actions(_PRIVACY)],
)
SENT = Message(
    "Your data is in our direct messages, as a file.",
    [
        section("*Your data is in our direct messages, as a file.* Slack keeps that file until you delete it."),
        actions(_PRIVACY),
    ],
    replaces=False,
)

Row = dict[str, Any]
Tables = dict[str, list[Row]]


class ForgottenMeanwhile(UserError):
    """A member was forgotten while their data was gathered."""

    def __init__(self) -> None:
        super().__init__(
            "You were forgotten meanwhile, so there is nothing to export.", NextStep("Start again", "myrole")
        )


@dataclass(frozen=True, slots=True)
class Export:
    """The rows about a member by table, and the rows of other tables that name them."""

    who: MemberKey
    met_at: datetime
    about: Tables = field(default_factory=dict)
    naming: Tables = field(default_factory=dict)

    @property
    def file(self) -> File:
        """Return all of it as JSON, with one row in each line."""
        about, naming = _lines(self.about), _lines(self.naming)
        text = f'{to_json(self.who._asdict())[:-1]},\n"about_you":{about},\n"naming_you":{naming}}}\n'
        comment = "Your data: everything that I keep about you. Slack keeps this file until you delete it."
        return File("roleshift-my-data.json", text, comment, AGAIN)


async def export_of(store: Store, who: MemberKey) -> Export | None:
    """Return everything that is stored about a member; None if there is nothing. Raise ForgottenMeanwhile.

    Each page is a transaction of its own, so that others get their turn between two pages.
    """
    met_at = await store.read(export.met_at, who)
    if met_at is None:
        return None
    found = Export(who, met_at)
    for source in export.SOURCES:
        rows = (found.naming if source.names_only else found.about).setdefault(source.name, [])
        page = await store.read(source.page, who, None)
        rows += page.rows
        while page.after is not None:
            await asyncio.sleep(0)
            page = await store.read(source.page, who, page.after)
            rows += page.rows
    if await store.read(export.met_at, who) != met_at:
        raise ForgottenMeanwhile
    return found


def seen(catalog: Catalog, found: Export) -> Message:
    """Answer *See my data*."""
    (me,) = found.about["member"]
    role, zone = catalog.roles.get(me["role"]), me["zone"]
    met = day(found.met_at, zone)
    facts = [
        f"*Role*: {escape(role.name) if role else escape(me['role'] or 'none')}",
        f"*Time zone*: {escape(zone or 'unknown')}",
        f"*Weekly tips*: {'asked for' if any(row['consent'] == 'yes' for row in found.about['schedule']) else 'none'}",
    ]
    return Message(
        f"What I keep about you, since {met}.",
        [
            section(f"*What I keep about you, since {met}*\n" + "\n".join(facts)),
            section("\n".join(f"• {line}" for line in _counts(found))),
            context("The export holds every one of these rows, with all of its fields."),
            actions(_EXPORT, DELETE, _PRIVACY),
        ],
    )


def _counts(found: Export) -> list[str]:
    rows = [(COUNTED[table], len(rows)) for table, rows in found.about.items()]
    rows += [(NAMED[table], len(rows)) for table, rows in found.naming.items()]
    return [_count(names, count) for names, count in rows if count]


def _count(names: str, count: int) -> str:
    singular, _, plural = names.partition("|")
    return f"{count} {singular if count == 1 else plural}"


def _lines(tables: Tables) -> str:
    lines = (f'"{name}":[\n' + ",\n".join(map(to_json, rows)) + "]" for name, rows in tables.items())
    return "{\n" + ",\n".join(lines) + "}"
