"""Lines that colleagues share on a tip: *See one done* shows them, members report one, and admins decide about it.

Lines are read at the click, so a message that was sent holds nobody else's line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from bot.coach import practice
from bot.coach.practice import OneDone
from bot.core.catalog import Catalog
from bot.slack.blocks import actions, button, context, overflow, quoted_line, section, worded
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request
from bot.slack.tip.card import SEE_ONE_DONE, TEMPLATE, WHEN, done_before
from bot.slack.tip.ref import TipRef, tip_and
from bot.store.practice import SharedLine

REPORT = "report-line"
HIDE, ALLOW = "hide-line", "allow-line"  # an admin's buttons

noun = Noun()


@noun.click(SEE_ONE_DONE, TipRef.parse)
async def see_one_done(request: Request, ref: TipRef) -> Message:
    return one_done(ref, await request.read(practice.one_done, request.catalog, request.who, ref.tip, request.now))


@noun.click(REPORT, tip_and(parse_id))
async def report(request: Request, reported: tuple[TipRef, str]) -> Message:
    """Report a line, so that nobody reads it until an admin decides."""
    ref, line_id = reported

    def without(found: OneDone) -> Message:
        noted = context("Reported. Nobody sees that line until an admin has looked at it.")
        return one_done(ref, found, noted, replaces=True)

    catalog, who, now = request.catalog, request.who, request.now
    return await request.write(practice.report_line, catalog, who, ref.tip, line_id, now, then=without)


def one_done(ref: TipRef, found: OneDone, *more: Block, replaces: bool = False) -> Message:
    """Return before and after of a tip, or the worked example of its skill; and below it, lines of colleagues."""
    lesson = found.seen.lesson
    skill, title = lesson.skill, escape(lesson.tip.title)
    template = [button("Template", TEMPLATE, skill.slug)] if skill.template else []
    foot = actions(*template, button("About this skill", "skill", skill.slug))
    blocks = [section(f"*{title}*"), *done_before(lesson), *_from_colleagues(ref, found), *more, foot]
    return Message(title, blocks, replaces=replaces)


def _from_colleagues(ref: TipRef, found: OneDone) -> Iterator[Block]:
    if found.lines:
        yield section("*From colleagues*")
    for each in found.lines:
        by = f"<@{each.author}>" if each.author else "a colleague"
        reported = replace(ref, check=None).with_word(each.line_id)
        menu = overflow(("Report", REPORT, reported), of=each.line_id)
        yield worded(f"{quoted_line(each.text)}\n— {by}", menu)
    if found.lines and found.may_plan:
        yield actions(button("I'll try it like this", WHEN, ref.value))


@noun.verb("reported", "Admins: see lines about tips that were reported, and hide them.")
async def reported(request: Request, _words: str) -> Message:
    await request.check_admin("see reported lines")
    found = await request.read(practice.reported_lines, request.who.workspace_id)
    return line_list(request.catalog, found)


async def _decide(request: Request, line_id: str, *, hides: bool) -> Message:
    """Hide a line from colleagues, though its author keeps it; or let colleagues read it again."""
    await request.check_admin("decide about a reported line")
    decide, then = partial(practice.decide_line, hides=hides), partial(line_list, request.catalog)
    return await request.write(decide, request.catalog, request.who, line_id, request.now, then=then)


noun.click(HIDE, parse_id)(partial(_decide, hides=True))
noun.click(ALLOW, parse_id)(partial(_decide, hides=False))


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
