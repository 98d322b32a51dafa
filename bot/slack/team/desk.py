"""The admin's desk: what is practised and what blocks most, to the nearest five; and the details behind it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.coach import desk as coach
from bot.coach.desk import ByTeam, Desk, Gaps
from bot.core.catalog import Catalog
from bot.core.errors import NextStep, UserError
from bot.core.member import Act
from bot.core.outbox import DeliveryState
from bot.core.questions import Unanswered
from bot.core.team import MIN_MEMBERS, Ended, Known, Report
from bot.slack.blocks import actions, button, context, day_for_all, header, saying, section, worded
from bot.slack.message import Block, Message, escape
from bot.slack.noun import Noun, no_value
from bot.slack.request import Request
from bot.slack.team import content as team_content
from bot.slack.team import figures, settings, teams
from bot.slack.team.figures import CHART, EXPORT, LITERACY, TOO_FEW, about, literacy, share, start_on, what_blocks
from bot.slack.team.teams import ADD, REMOVE, TEAMS
from bot.slack.web_client import File
from bot.store.teams import led_by

noun = Noun()

TRY_AGAIN = "try-again"
SKILLS, WEEKS, GAPS = "skills", "weeks", "gaps"
MAX_SKILLS, MAX_REASONS, MAX_WEEKS = 8, 4, 6
FEW = "fewer than five"
ENDINGS = {
    DeliveryState.REFUSED: "Slack refused",
    DeliveryState.MISSED: "Not sent in time",
    DeliveryState.UNCONFIRMED: "Perhaps arrived",
}
_DESK = button("Back", "team")


@noun.verb("team [export|literacy]", "See how far all are, what blocks them, and by team; export it; for admins.")
async def team(request: Request, words: str) -> Message:
    first, _, rest = words.partition(" ")
    change = CHANGES.get(first.casefold())
    if change is not None:
        return await change(request, rest.strip())
    if first.casefold() == TEAMS and rest.isdecimal():
        return await teams.show(request, int(rest[:3]))
    handler = DETAILS.get(words.casefold())
    if handler is None:
        said = "Type `/roleshift team`, `team export`, `team add` or `team literacy`."
        raise UserError(said, NextStep("The team's desk", "team"))
    lead = await request.read(led_by, request.who) if not words else None
    if lead is not None and not await request.services.people.seems_admin(request.who):
        return await teams.show_own(request, lead)
    await request.check_admin("see the team's desk")
    return await handler(request)


async def _show_desk(request: Request) -> Message:
    hint = team_content.in_short(request.catalog, request.services.content_library.packs, request.now.date())
    return await _read(request, partial(desk, hint=hint))


async def _read(request: Request, then: Callable[[Desk], Message]) -> Message:
    read, who = coach.read_desk, request.who
    return await request.write(read, request.catalog, who, Act.DESK_READ, request.now, then=then)


async def _show_gaps(request: Request) -> Message:
    return missing(await request.read(coach.gaps, request.who, request.now))


async def _send(request: Request, file: Callable[[Catalog, Desk, ByTeam, datetime], File], what: str) -> Message:
    await request.take()
    use_case = coach.read_desk
    found = await request.write(
        use_case, request.catalog, request.who, Act.DESK_EXPORTED, request.now, then=lambda found: found
    )
    if found.report is None and file is figures.file_of:
        return desk(found)
    every = await request.read(coach.by_team, request.catalog, request.who.workspace_id)
    await request.slack.send_file(request.who.member_id, file(request.catalog, found, every, request.now))
    return sent(what)


def sent(what: str) -> Message:
    return saying(f"{what} came to our direct messages, as a file.", _DESK, replaces=False)


CHANGES: Mapping[str, Callable[[Request, str], Awaitable[Message]]] = {ADD: teams.add, REMOVE: teams.remove}
DETAILS: Mapping[str, Callable[[Request], Awaitable[Message]]] = {
    "": _show_desk,
    SKILLS: lambda request: _read(request, by_skill),
    TEAMS: lambda request: teams.show(request, 0),
    WEEKS: lambda request: _read(request, by_week),
    GAPS: _show_gaps,
    EXPORT: lambda request: _send(request, figures.file_of, "The figures"),
    LITERACY: lambda request: _send(request, literacy, "A draft for your counsel"),
}


@noun.click(TRY_AGAIN, no_value)
async def try_again(request: Request, _: None) -> Message:
    """Answer *Try again*: plan again the tips that Slack refused or that were missed, if they may still come."""
    await request.check_admin("try tips again")
    return await request.write(coach.try_again, request.who, request.now, then=tried_again)


def desk(found: Desk, hint: str = "") -> Message:
    """Answer `/roleshift team`. `hint`: what is wrong with the team's own content."""
    plain, drawn = (Message("The team's desk.", _desk(found, hint, charts=charts)) for charts in (False, True))
    has_chart = any(block["type"] == CHART for block in drawn.blocks)
    return replace(drawn, without_charts=plain) if has_chart else plain


def _desk(found: Desk, hint: str, *, charts: bool) -> list[Block]:
    notes = [*([context(hint)] if hint else []), *_reported(found.reported)]
    report = found.report
    if report is None or found.taken_at is None:
        return [header("The team's desk"), _OFF if found.off else _NO_FIGURES, *notes, actions(_SETTINGS, _TEAMS)]
    if (report.members or 0) < MIN_MEMBERS:
        members = section(f"About {report.members} members.")
        return [header("The team's desk"), members, _TOO_SMALL, *notes, actions(_SETTINGS, _TEAMS)]
    said = f"About {report.members} members use me; {about(report.said_yes)} said yes to weekly tips."
    did = f"Did last week's tip, of those who got one: {share(report.did, report.sent)}."
    return [
        header("The team's desk"),
        section(f"{said}\n{did}\n{what_blocks(report.blocking)}"),
        *figures.by_week(found.weeks, found.zone, charts=charts),
        *notes,
        actions(*start_on(report.blocking), _SETTINGS, *_DETAILS),
        context(f"As of {day_for_all(found.taken_at)}, rounded to fives. Nothing tells about fewer than five people."),
    ]


def _reported(lines: int) -> list[Block]:
    what = f"Members reported {lines} lines on tips." if lines > 1 else "A member reported a colleague's line on a tip."
    return [section(what, button("Look", "reported"))] if lines else []


def by_skill(found: Desk) -> Message:
    """Answer *By skill*: how many know each skill, and what checks tell."""
    known = found.report.known if found.report else ()
    lines = [_known(each) for each in known[:MAX_SKILLS]]
    more = len(known) - len(lines)
    blocks = [
        section("*By skill*\n" + ("\n".join(lines) if lines else f"{TOO_FEW.capitalize()}.")),
        context("Members mark for themselves what they know, and a right answer is not work done."),
        *([context(f"{more} more are in the export.")] if more > 0 else []),
        actions(_DESK),
    ]
    return Message("The team's figures by skill.", blocks)


def _known(each: Known) -> str:
    checked = "" if each.asked is None else f"; last question right: {share(each.right, each.asked)}"
    return f"• {escape(each.skill.name)}: learned by {about(each.by)}{checked}"


def by_week(found: Desk) -> Message:
    """Answer *By week*: each figure, with what it can't tell."""
    report = found.report or Report(None, None, None, ())
    weeks = (f"{figures.day_of(week.taken_at, found.zone)}: {week.did or TOO_FEW}" for week in found.weeks[-MAX_WEEKS:])
    said = (
        f"*Said yes* to tips: {about(report.said_yes)}. This can't tell who reads them.\n"
        f"*Did it*, of those who got a tip: {share(report.did, report.sent)}. This can't tell how "
        "well, or how long it took.\n"
        f"*Still done* three weeks later, of those who answered: "
        f"{share(report.still, report.said_still)}. This can't tell what it was worth."
    )
    blocks = [
        section(said),
        section(f"*Did a tip, in the week before*\n{' · '.join(weeks) or TOO_FEW}"),
        context(f"Next figures: {day_for_all(found.next_at)}."),
        actions(button("What did not arrive", "team", GAPS), _DESK),
    ]
    return Message("The team's figures by week.", blocks)


def missing(found: Gaps) -> Message:
    """Answer *What did not arrive*: tips that did not come, and questions without an answer."""
    lines = [f"• {_ending(group)}: {about(group.members)} members" for group in found.undelivered[:MAX_REASONS]]
    rest = f"• For any {'other ' if lines else ''}reason: {TOO_FEW}"
    title = "*Weekly tips that did not arrive, last two weeks*"
    unanswered = _unanswered(found.unanswered)
    buttons = actions(button("Try again", TRY_AGAIN), _DESK)
    return Message(
        "What did not arrive.", [section("\n".join([title, *lines, rest])), _ABOUT_TRYING, *unanswered, buttons]
    )


def _ending(group: Ended) -> str:
    return f"{ENDINGS[group.state]} ({escape(group.reason)})" if group.reason else ENDINGS[group.state]


def _unanswered(questions: Sequence[Unanswered]) -> list[Block]:
    asked = [worded(f"• {escape(each.question)}") for each in questions]
    about_them = context("Members chose to send these, without their names. Deleted after 90 days.")
    return [section("*Questions that I could not answer*"), *asked, about_them] if asked else []


def tried_again(may_come: int | None) -> Message:
    said = f"Tried again: {about(may_come) if may_come else FEW} tips may still come, before their week is over."
    left = "What Slack never confirmed may have arrived, so I leave it."
    return Message(said, [section(f"{said} {left}"), actions(_DESK)])


_SETTINGS = button("Settings", settings.OPEN)
_TEAMS = button("By team", "team", TEAMS)
_DETAILS = (
    button("By skill", "team", SKILLS),
    _TEAMS,
    button("By week", "team", WEEKS),
    button("Export", "team", EXPORT),
)
_NO_FIGURES = section("Figures come when about 15 members use me.")
_OFF = section("No figures at all: an admin switched them off in *Settings*.")
_TOO_SMALL = section("More figures come when about 15 members use me. With fewer, they could point to single people.")
_ABOUT_TRYING = context(
    "*Try again* sends those again that Slack refused or that were late, if their week is not over."
)
