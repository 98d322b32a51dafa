"""*See one done*: how a tip looks when it is done, with lines that colleagues share; and reports of such a line.

Lines are read at the click, so a message that was sent holds nobody else's line.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bot.coach import practice
from bot.coach.practice import OneDone
from bot.slack.blocks import actions, button, context, overflow, quoted_line, section, worded
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, parse_id
from bot.slack.request import Request
from bot.slack.tip.card import SEE_ONE_DONE, TEMPLATE, WHEN, done_before
from bot.slack.tip.ref import TipRef, tip_and

REPORT = "report-line"

noun = Noun()


@noun.click(SEE_ONE_DONE, TipRef.parse)
async def see_one_done(request: Request, ref: TipRef) -> Message:
    then = partial(one_done, ref)
    return await request.read(practice.one_done, request.catalog, request.who, ref.tip, request.now, then=then)


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
