"""What is stored about a member: in short, and as an export that arrives as a file, by a link, or in parts."""

import hashlib
from collections.abc import Iterable, Mapping

from bot.core.catalog import Catalog
from bot.core.errors import NextStep, UserError
from bot.slack.exports import Export
from bot.slack.message import Message, escape
from bot.slack.screens.blocks import actions, button, context, section
from bot.slack.screens.dates import day
from bot.slack.screens.privacy import DELETE

MAX_PART = 2_900  # characters of a code block, its last line break apart; Slack takes 3,000 with the fences
MAX_BLOCKS = 3  # code blocks of a message, whose blocks hold about 12,000 characters together
MAX_DIGITS = 4
VERSION_LETTERS = 8
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
    "export_link": "link to your data that was not used yet|links to your data that were not used yet",
}
NAMING: Mapping[str, str] = {
    "challenge": "challenge that you started|challenges that you started",
    "coach_admin": "coach admin whom you named|coach admins whom you named",
    "installation": "installation of mine, by you|",
    "audit": "act in the audit, by you or about you|acts in the audit, by you or about you",
}
COMMENT = "Your data: everything that I keep about you. Slack keeps this file until you delete it."
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


def seen(catalog: Catalog, found: Export) -> Message:
    """Answer *See my data*."""
    (me,) = found.about["member"]
    role, zone = catalog.roles.get(me["role"]), me["zone"]
    met = day(found.met_at, zone)
    facts = [
        f"*Role*: {escape(role.name) if role else escape(me['role'] or 'none')}",
        f"*Time zone*: {escape(zone or 'unknown')}",
        f"*Weekly tips*: {'asked for' if any(_says_yes(row) for row in found.about['schedule']) else 'none'}",
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


def link(address: str) -> Message:
    """Answer *Export* with a link."""
    text = "Your data is ready."
    said = f"*{text}* Open this link in your browser: <{address}>"
    once = "The link works once, and for ten minutes. Anybody who has it can use it, so keep it to yourself."
    return Message(text, [section(said), context(once), actions(_PRIVACY)], replaces=False)


def part(found: Export, number: str = "1", version: str = "") -> Message:
    """Answer *Export* with a part of it. Raise UserError if the data is not what `version` of it was."""
    blocks = _blocks(found.lines(MAX_PART))
    now = hashlib.sha256("".join(blocks).encode()).hexdigest()[:VERSION_LETTERS]
    pages = [blocks[start : start + MAX_BLOCKS] for start in range(0, len(blocks), MAX_BLOCKS)]
    if version not in {"", now} or not (number.isdecimal() and len(number) <= MAX_DIGITS and number.isascii()):
        raise UserError(
            "Your data changed since the first part. Export it again.", NextStep("Export", "privacy", "export")
        )
    page = min(max(int(number), 1), len(pages))
    said = f"Your data as JSON, part {page} of {len(pages)}."
    more = [button("Next part", "privacy", f"export {page + 1} {now}")] if page < len(pages) else []
    return Message(
        said,
        [
            section(f"*{said}*"),
            *(section(f"```{block}```") for block in pages[page - 1]),
            context(
                "Only you see this. Each line is a row. Copied one after another, the parts are a file of JSON Lines."
            ),
            actions(*more, _PRIVACY),
        ],
        replaces=False if page > 1 else None,
    )


def _says_yes(row: Mapping[str, object]) -> bool:
    return row["consent"] == "yes"


def _counts(found: Export) -> list[str]:
    rows = [(COUNTED[table], len(rows)) for table, rows in found.about.items()]
    rows += [(NAMING[table], len(rows)) for table, rows in found.naming.items()]
    return [_count(names, count) for names, count in rows if count]


def _count(names: str, count: int) -> str:
    singular, _, plural = names.partition("|")
    return f"{count} {singular if count == 1 else plural}"


def _blocks(lines: Iterable[str]) -> list[str]:
    """Return JSON Lines as the texts of code blocks. No line is cut."""
    blocks = [""]
    for line in lines:
        if blocks[-1] and len(blocks[-1]) + len(line) > MAX_PART:
            blocks.append("")
        blocks[-1] += f"{line}\n"
    return blocks
