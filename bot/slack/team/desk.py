"""The admin's desk: what was done last week and what blocked most, to the nearest five; and what stands behind it.

The figures come as a chart, as bars of text where Slack shows none, and as CSV; a file for counsel has them, too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.coach import desk as coach_desk
from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.content_types import Need
from bot.core.csv_lines import csv_line
from bot.core.errors import NextStep
from bot.core.member import AdminAct
from bot.core.practice import Blocker
from bot.core.team import Blocking, WeekCounts
from bot.slack.blocks import actions, bar, button, context, counted, header, lowered, saying, section, shortened
from bot.slack.challenge.run import START_ON_NEED
from bot.slack.message import Block, File, Message, escape
from bot.slack.request import Request
from bot.slack.team import content as team_content, settings

SKILLS = "skills"
MAX_SKILLS = 8
_DESK = button("Back", "team")
TOO_FEW = "too few to say"
WEEK, MARGIN = timedelta(weeks=1), timedelta(days=2)  # the workspace's zone may change between two weeks
CHART = "data_visualization"
WEEKS = "Did a tip, or still do one, by week"
EXPORT = "export"
REASONS: Mapping[Blocker, str] = {
    Blocker.LACKS: "something is missing",
    Blocker.NO_TIME: "no time",
    Blocker.UNCLEAR: "unclear how",
    Blocker.OTHER: "something else",
}
LITERACY = "literacy"
_LITERACY = (Path(__file__).parent / "literacy.md").read_text(encoding="utf-8")


async def show(request: Request, what: str) -> Message:
    """Show an admin the desk, or what stands behind it. Raise NotAdmin."""
    await request.check_admin("see the team's desk", NextStep("What my team showed", "team", "shown"))
    if what == EXPORT:
        return await _send(request, file_of, "The figures")
    if what == LITERACY:
        return await _send(request, literacy, "A draft for your counsel")
    hint = team_content.in_short(request.catalog, request.services.content_library.packs, request.now.date())
    drawn = partial(by_skill, request.catalog) if what else partial(desk, request.catalog, hint=hint)
    return await request.write(coach_desk.read_desk, AdminAct.DESK_READ, then=drawn)


async def _send(request: Request, file: Callable[[Catalog, coach_desk.Desk, datetime], File], what: str) -> Message:
    await request.take()
    found = await request.write(coach_desk.read_desk, AdminAct.DESK_EXPORTED, then=lambda found: found)
    if not found.weeks and file is file_of:
        return desk(request.catalog, found, hint="There is nothing to export yet.")
    await request.slack.send_file(request.who.member_id, file(request.catalog, found, request.now))
    return saying(f"{what} came to our direct messages, as a file.", _DESK, replaces=False)


def desk(catalog: Catalog, found: coach_desk.Desk, hint: str = "") -> Message:
    """Answer `/roleshift team`. `hint`: what is wrong with the team's own content."""
    plain, drawn = (Message("The team's desk.", _desk(catalog, found, hint, charts=charts)) for charts in (False, True))
    has_chart = any(block["type"] == CHART for block in drawn.blocks)
    return replace(drawn, without_charts=plain) if has_chart else plain


def _desk(catalog: Catalog, found: coach_desk.Desk, hint: str, *, charts: bool) -> list[Block]:
    notes, lines = [context(hint)] if hint else [], found.reported
    if lines:  # it waits for an admin, as what was suggested does
        one = "A member reported a colleague's line on a tip."
        what = f"Members reported {lines} lines on tips." if lines > 1 else one
        notes.append(section(what, button("Look", "reported")))
    if found.suggested:
        notes.append(section(suggested(found), button("Look", "challenge")))
    week = found.last
    if week is None:
        buttons = actions(_SETTINGS, _TEAMS, button("Introduce me in a channel", "announce"))
        return [header("The team's desk"), _OFF if found.off else _NO_FIGURES, *notes, buttons]
    blocking = week.blocking(catalog)
    said = (
        f"*Week before {day_of(week.ended_at, found.zone)}*: 15 people or more used me. Did a tip, or said that one is "
        f"still in use: {about(week.did)}."
    )
    return [
        header("The team's desk"),
        section(f"{said}\n{what_blocks(blocking)}"),
        *([_LATE] if found.is_late else []),
        *by_week(found.weeks, found.zone, charts=charts),
        *notes,
        actions(*start_on(blocking), _SETTINGS, *_DETAILS),
        context("Rounded to fives. Nothing about how well a tip was done, or about fewer than five people."),
    ]


def by_skill(catalog: Catalog, found: coach_desk.Desk) -> Message:
    week, title = found.last, "*Questions by skill*"
    checked = week.checked(catalog) if week else ()
    title += f", week before {day_of(week.ended_at, found.zone)}" if week else ""
    more, shown = len(checked) - MAX_SKILLS, checked[:MAX_SKILLS]
    lines = [f"• {escape(of.name)}: right {about(right)}, wrong {about(wrong)}" for of, right, wrong in shown]
    blocks = [
        section("\n".join([title, *(lines or [f"{TOO_FEW.capitalize()}."])])),
        context("Who answered several times may count in both. A right answer is not work done."),
        *([context(f"{more} more are in the export.")] if more > 0 else []),
        actions(_DESK),
    ]
    return Message("The team's figures by skill.", blocks)


_SETTINGS = button("Settings", settings.OPEN)
_TEAMS = button("Teams", "team", "teams")
_DETAILS = (button("By skill", "team", SKILLS), _TEAMS, button("Export", "team", EXPORT))
_NO_FIGURES = section(
    "Figures come after a week in which 15 people or more used me, where 20 or more know me. A smaller workspace has "
    "none: there, see what teams show."
)
_LATE = context("No week since then has figures: weeks with few people have none.")
_OFF = section("No figures at all: an admin switched them off in *Settings*.")


# The figures, and the file for counsel.


def by_week(weeks: Sequence[WeekCounts], zone: str | None, *, charts: bool) -> list[Block]:
    """Return how many members did a tip, or said that one is still in use, from the first week to the last."""
    did = dict[str, int | None]()  # None for a week in which too few people did anything
    local = [week.ended_at.astimezone(zone_of(zone)) for week in weeks]
    for number, week in enumerate(weeks):
        did[day_of(local[number], zone)] = week.did
        following = local[number] + WEEK
        while number + 1 < len(weeks) and following < local[number + 1] - MARGIN:
            did[day_of(following, zone)] = None
            following += WEEK
    if not any(did.values()):
        return [section(f"*{WEEKS}*\n{TOO_FEW.capitalize()}.")]
    if not charts:
        most = max(count or 0 for count in did.values())
        lines = (f"{bar(count or 0, most)} {name}: {about(count)}" for name, count in did.items())
        return [section(f"*{WEEKS}*\n" + "\n".join(lines))]
    points = [{"label": name, "value": count or 0} for name, count in did.items()]
    axes = {"categories": list(did), "y_label": "Members"}
    chart = {"type": "bar", "series": [{"name": "About", "data": points}], "axis_config": axes}
    # A chart has no other way to draw what is too few.
    return [{"type": CHART, "title": WEEKS, "chart": chart}, context("Zero means: too few to say.")]


def day_of(at: datetime, zone: str | None) -> str:
    local = at.astimezone(zone_of(zone))
    return f"{local.day} {local:%b}"


def _date_of(week: WeekCounts, zone: str | None) -> str:
    return f"{week.ended_at.astimezone(zone_of(zone)):%Y-%m-%d}"


def about(count: int | None) -> str:
    return TOO_FEW if count is None else f"about {count}"


def suggested(found: coach_desk.Desk) -> str:
    return f"Members suggest {counted(found.suggested, 'challenge')}." if found.suggested else ""


def what_blocks(blocking: Sequence[Blocking]) -> str:
    """Return what most members lack, or the reason that most gave."""
    if not blocking:
        return f"What blocks: {TOO_FEW}."
    what, by = blocking[0].what, blocking[0].by
    if isinstance(what, Need):
        return f"What blocks most: about {by} said that they don't have {lowered(escape(what.name))}."
    said = f"What blocks most: about {by} said: {REASONS[what]}."
    if what is Blocker.NO_TIME:
        return f"{said} `/roleshift tips short` asks me for tips of 10 minutes at most: tell your team."
    return said if start_on(blocking) else f"{said} I have no challenge for that: ask your team what would help."


def blocks_in_short(most: Blocking) -> str:
    if isinstance(most.what, Need):
        return f"What is missing most in the workspace: {lowered(escape(most.what.name))} (about {most.by})."
    return f"What blocks most in the workspace: {REASONS[most.what]} (about {most.by})."


def start_on(blocking: Sequence[Blocking], channel: str = "") -> list[Block]:
    """Return the button that starts a challenge on what is lacked most, if possible one with a challenge of its own."""
    needs = [each.what for each in blocking if isinstance(each.what, Need)]
    if not needs:
        return []
    best = min(needs, key=lambda need: need.challenge is None)
    what = "it" if blocking[0].what is best else lowered(best.name)
    return [button(shortened(f"Start a challenge on {what}"), START_ON_NEED, f"{best.slug}/{channel}", style="primary")]


def file_of(catalog: Catalog, found: coach_desk.Desk, _now: datetime) -> File:
    rows: list[tuple[str, str, str, str | int]] = [("in the week before", "figure", "name", "about")]
    for week in found.weeks:
        day = _date_of(week, found.zone)
        if week.did is not None:
            rows.append((day, "did a tip, or still do one", "", week.did))
        for what, by in week.blocking(catalog):
            figure, name = ("lack", what.name) if isinstance(what, Need) else ("were blocked by", REASONS[what])
            rows.append((day, figure, name, by))
        for skill, right, wrong in week.checked(catalog):
            counts = (("answered right on", right), ("answered wrong on", wrong))
            rows += [(day, figure, skill.name, count) for figure, count in counts if count is not None]
    said = (
        "The team's figures: rounded to fives, nothing about fewer than five people. Slack keeps this file until you "
        "delete it."
    )
    text = "".join(map(csv_line, rows))
    return File("roleshift-figures.csv", text, said, NextStep("Export", "team", EXPORT))


def literacy(catalog: Catalog, found: coach_desk.Desk, now: datetime) -> File:
    reviewed = max((item.reviewed_on for item in catalog.reviewed if item.reviewed_on), default=None)
    counts = [f"- In the week before {_date_of(week, found.zone)}: {about(week.did)}" for week in found.weeks]
    if found.off:
        counts = ["None: an admin chose *No figures at all*."]
    elif counts:
        counts = ["Did an exercise, or said that one is still in use:\n", *counts]
    else:
        counts = ["None yet: a week has some if 15 people or more did something in it."]
    text = _LITERACY.format(
        made=f"{now:%Y-%m-%d}",
        roles=", ".join(role.name for role in catalog.roles.values()),
        skills=len(catalog.skills),
        tips=sum(len(skill.tips) for skill in catalog.skills.values()),
        checks=sum(len(skill.checks) for skill in catalog.skills.values()),
        challenges=len(catalog.challenges),
        version=f"last reviewed on {reviewed}" if reviewed else "no date of a review",
        policy="the coach names them" if catalog.policy else "not given to the coach",
        counts="\n".join(counts),
    )
    said = "What I do for AI literacy here, as a draft for counsel and works council. Ask your counsel."
    return File("roleshift-literacy.md", text, said, NextStep("Literacy file", "team", LITERACY))
