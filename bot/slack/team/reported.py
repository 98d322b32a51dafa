"""Lines that colleagues reported: admins hide them, or let them be read again."""

from collections.abc import Iterator, Sequence
from functools import partial

from bot.coach import practice
from bot.core.catalog import Catalog
from bot.slack.blocks import actions, button, quoted_line, section, worded
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request
from bot.store.practice import SharedLine

HIDE, ALLOW = "hide-line", "allow-line"

noun = Noun()


@noun.verb("reported", "Admins: see lines about tips that were reported, and hide them.")
async def reported(request: Request, _words: str) -> Message:
    await request.check_admin("see reported lines")
    found = await request.find(practice.reported_lines, request.who.workspace_id)
    return line_list(request.catalog, found)


@noun.click(HIDE, parse_id)
async def hide(request: Request, line_id: str) -> Message:
    """Hide a line from colleagues. Its author keeps it."""
    return await _decide(request, line_id, hides=True)


@noun.click(ALLOW, parse_id)
async def allow(request: Request, line_id: str) -> Message:
    """Let colleagues read a line again."""
    return await _decide(request, line_id, hides=False)


async def _decide(request: Request, line_id: str, *, hides: bool) -> Message:
    await request.check_admin("decide about a reported line")
    decide, then = partial(practice.decide_line, hides=hides), partial(line_list, request.catalog)
    return await request.write(decide, request.catalog, request.who, line_id, request.now, then=then)


def line_list(catalog: Catalog, found: Sequence[SharedLine]) -> Message:
    """Return the next line about which an admin has to decide."""
    text = f"Reported lines: {len(found)}. Nobody reads them until you decide." if found else "No reported line waits."
    return Message(text, [section(f"*{text}*"), *(block for each in found[:1] for block in _line(catalog, each))])


def _line(catalog: Catalog, line: SharedLine) -> Iterator[Block]:
    lesson = catalog.lessons.get(line.tip)
    title = escape(lesson.tip.title) if lesson else "a tip that is no longer taught"
    by = f"<@{line.author}>" if line.author else "shared without a name"
    yield worded(f"On *{title}*, {by}:\n{quoted_line(line.text)}")
    yield actions(button("Hide it", HIDE, line.line_id), button("Show it again", ALLOW, line.line_id))
