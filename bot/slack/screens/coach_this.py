"""The shortcut *Coach this* on a message: skills and tips that fit it, and how the work is done with AI.

The message is only looked up in what the coach teaches. No part of it is stored, logged or shown again.
"""

import asyncio
from collections.abc import Iterator

from bot.coach import ask as coach
from bot.core.catalog import Catalog
from bot.core.questions import Answer, Entry, EntryKind
from bot.slack import ask
from bot.slack.blocks import actions, button, context, section
from bot.slack.form import Form
from bot.slack.message import Block, Rendered, escape, words_alone
from bot.slack.payloads import Marked, Shortcut
from bot.slack.request import Request

NAME = "Coach this"


async def open_form(request: Request, shortcut: Shortcut) -> Form:
    """Answer the shortcut."""
    words = words_of(shortcut.message)
    if not words:
        return Form(NO_WORDS)
    return Form(drawn(request.catalog, await asyncio.to_thread(coach.about, request.catalog, words)))


def words_of(message: Marked) -> str:
    """Return what a message says: its text or, where an app wrote none, the texts of its blocks and attachments."""
    text = message.text or "\n".join(_texts([message.blocks, message.attachments]))
    return words_alone(text).strip()


def _texts(part: object) -> Iterator[str]:
    """Yield every text in a part of a message, without recursion: what is sent may be nested deeply."""
    parts = [part]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if isinstance(text := part.get("text"), str):
                yield text
            parts += reversed(part.values())
        elif isinstance(part, list):
            parts += reversed(part)


def drawn(catalog: Catalog, found: Answer) -> Block:
    """Return the modal with what was found for a message."""
    return ask.in_modal(NAME, _found(catalog, found) if found.found else _nothing(catalog))


def _found(catalog: Catalog, found: Answer) -> Iterator[Block]:
    yield _HOW
    closest, *others = found.found
    yield _in_full(catalog, closest)
    yield from (ask.row(catalog, entry) for entry in others)
    yield _NOT_KEPT


def _in_full(catalog: Catalog, entry: Entry) -> Block:
    if entry.kind is EntryKind.SKILL:
        skill = catalog.skills[entry.slug]
        said = f"Skill: *{escape(skill.name)}*\n{escape(skill.why)}\n*Start here* {escape(skill.first_exercise)}"
        return section(said, button("Open", "skill", skill.slug))
    tip = catalog.lessons[entry.slug].tip
    said = f"Tip: *{escape(tip.title)}* · {tip.minutes} minutes\n{escape(tip.do)}\n*Done when* {escape(tip.done_when)}"
    return section(said, button("Open", ask.SHOW_TIP, tip.id))


def _nothing(catalog: Catalog) -> Iterator[Block]:
    topics = ", ".join(escape(theme.name) for theme in catalog.themes.values())
    yield section(f"*Nothing that I coach fits this message.*\nMy topics are: {topics}.")
    yield _LOOK_AROUND
    yield _NOT_KEPT


_HOW = Rendered(section("*How this is done with AI*\nOf what I coach, this is closest to the message."))
_NOT_KEPT = Rendered(context("I only looked the message up. Nothing of it is kept."))
_LOOK_AROUND = Rendered(actions(button("All skills", "skills"), button("All themes", "themes")))

NO_WORDS = ask.in_modal(
    NAME,
    [
        section(
            "*I found no words in this message.*\nFiles and pictures are closed to me. Say in your own words what it "
            "is about."
        ),
        _LOOK_AROUND,
    ],
)
