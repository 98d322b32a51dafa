"""The figures of the admin's desk: as a chart, as bars of text where Slack shows none, as CSV; a file for counsel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.coach.desk import Desk
from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.content_types import Need
from bot.core.csv_lines import csv_line
from bot.core.errors import NextStep
from bot.core.practice import Blocker
from bot.core.team import Blocking, WeekCounts
from bot.slack.blocks import bar, button, context, counted, lowered, section
from bot.slack.challenge.run import START_ON_NEED
from bot.slack.message import Block, File, escape

TOO_FEW = "too few to say"
CHART = "data_visualization"
WEEKS = "Did a tip, or still do one, by week"
EXPORT = "export"
REASONS: Mapping[Blocker, str] = {
    Blocker.LACKS: "something is missing",
    Blocker.NO_TIME: "no time",
    Blocker.UNCLEAR: "unclear how",
    Blocker.OTHER: "something else",
}


def by_week(weeks: Sequence[WeekCounts], zone: str | None, *, charts: bool) -> list[Block]:
    """Return how many members did a tip, or said that one is still in use, in each of the last weeks with figures."""
    did = {day_of(week.ended_at, zone): week.did for week in weeks}
    if not any(did.values()):
        return [section(f"*{WEEKS}*\n{TOO_FEW.capitalize()}.")]
    if not charts:
        most = max(count or 0 for count in did.values())
        lines = (f"{name}: {about(count)} {bar(count or 0, most)}" for name, count in did.items())
        return [section(f"*{WEEKS}*\n" + "\n".join(lines))]
    points = [{"label": name, "value": count or 0} for name, count in did.items()]
    axes = {"categories": list(did), "y_label": "Members"}
    chart = {"type": "bar", "series": [{"name": "About", "data": points}], "axis_config": axes}
    # A chart has no other way to draw what is too few.
    return [{"type": CHART, "title": WEEKS, "chart": chart}, context("Zero means: too few to say.")]


def day_of(at: datetime, zone: str | None) -> str:
    local = at.astimezone(zone_of(zone))
    return f"{local.day} {local:%b}"


def about(count: int | None) -> str:
    return TOO_FEW if count is None else f"about {count}"


def suggested(desk: Desk) -> str:
    """Return how many challenges members suggest; empty for none."""
    return f"Members suggest {counted(desk.suggested, 'challenge')}." if desk.suggested else ""


def what_blocks(blocking: Sequence[Blocking]) -> str:
    """Return what most members lack, or the reason that most gave."""
    if not blocking:
        return f"What blocks: {TOO_FEW}."
    what, by = blocking[0].what, blocking[0].by
    if isinstance(what, Need):
        return f"What blocks most: about {by} said that they don't have {lowered(escape(what.name))}."
    return f"What blocks most: about {by} said: {REASONS[what]}."


def blocks_in_short(most: Blocking) -> str:
    if isinstance(most.what, Need):
        return f"What is missing most in the workspace: {lowered(escape(most.what.name))} (about {most.by})."
    return f"What blocks most in the workspace: {REASONS[most.what]} (about {most.by})."


def start_on(blocking: Sequence[Blocking], channel: str = "") -> list[Block]:
    """Return the button that starts a challenge on what is lacked most, best one that has a challenge of its own."""
    needs = [each.what for each in blocking if isinstance(each.what, Need)]
    if not needs:
        return []
    best = min(needs, key=lambda need: need.challenge is None)
    return [button("Start a challenge on it", START_ON_NEED, f"{best.slug}/{channel}", style="primary")]


def file_of(catalog: Catalog, desk: Desk, _now: datetime) -> File:
    """Return the figures of all weeks that the desk has, as CSV."""
    rows: list[tuple[str, str, str, str | int]] = [("in the week before", "figure", "name", "about")]
    for week in desk.weeks:
        day = f"{week.ended_at:%Y-%m-%d}"
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


LITERACY = "literacy"
_LITERACY = (Path(__file__).parent / "literacy.md").read_text(encoding="utf-8")


def literacy(catalog: Catalog, desk: Desk, now: datetime) -> File:
    """Return the file. It has figures unless an admin wants none."""
    reviewed = max((item.reviewed_on for item in catalog.reviewed if item.reviewed_on), default=None)
    counts = [f"- In the week before {week.ended_at:%Y-%m-%d}: {about(week.did)}" for week in desk.weeks]
    if desk.off:
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
