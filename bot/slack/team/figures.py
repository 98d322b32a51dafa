"""The figures of the admin's desk: as a chart, as bars of text where Slack shows none, as CSV; a file for counsel."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.coach.desk import ByTeam, Desk
from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.content_types import Need
from bot.core.csv_lines import csv_line
from bot.core.errors import NextStep
from bot.core.practice import Blocker
from bot.core.team import WHOLE, Blocking, Report, Week
from bot.slack.blocks import bar, button, context, lowered, section
from bot.slack.challenge.start import START_ON_NEED
from bot.slack.message import Block, escape
from bot.slack.web_client import File

TOO_FEW = "too few to say"
CHART = "data_visualization"
WEEKS, ABOUT_WEEKS = "Did a tip, by week", "Zero means: too few to say."  # a chart has no other way to draw it
EXPORT = "export"
FILE_NAME = "roleshift-figures.csv"
COMMENT = (
    "The team's figures: rounded to fives, nothing about fewer than five people. Slack keeps this file until you "
    "delete it."
)
REASONS: Mapping[Blocker, str] = {
    Blocker.LACKS: "something is missing",
    Blocker.NO_TIME: "no time",
    Blocker.UNCLEAR: "unclear how",
    Blocker.OTHER: "something else",
}

Row = tuple[str, str, str, int]  # the group, what is counted, its name, the figure
HEAD = ("group", "figure", "name", "about")


def by_week(weeks: Sequence[Week], zone: str | None, *, charts: bool) -> list[Block]:
    """Return how many members did a tip in each of the last weeks that have figures."""
    figures = {day_of(week.taken_at, zone): week.did for week in weeks}
    if not any(figures.values()):
        return [section(f"*{WEEKS}*\n{TOO_FEW.capitalize()}.")]
    if not charts:
        most = max(count or 0 for count in figures.values())
        lines = (f"{name}: {about(count)} {bar(count or 0, most)}" for name, count in figures.items())
        return [section(f"*{WEEKS}*\n" + "\n".join(lines))]
    points = [{"label": name, "value": count or 0} for name, count in figures.items()]
    axes = {"categories": list(figures), "y_label": "Members"}
    chart = {"type": "bar", "series": [{"name": "About", "data": points}], "axis_config": axes}
    return [{"type": CHART, "title": WEEKS, "chart": chart}, context(ABOUT_WEEKS)]


def day_of(at: datetime, zone: str | None) -> str:
    local = at.astimezone(zone_of(zone))
    return f"{local.day} {local:%b}"


def about(count: int | None) -> str:
    return TOO_FEW if count is None else f"about {count}"


def share(part: int | None, whole: int | None) -> str:
    """Return how many of how many did something."""
    return about(part) if part is None or whole is None else f"{about(part)} of {about(whole)}"


def what_blocks(blocking: Sequence[Blocking]) -> str:
    """Return what most members lack, or the reason that most gave."""
    if not blocking:
        return f"What blocks: {TOO_FEW}."
    what, by = blocking[0].what, blocking[0].by
    if isinstance(what, Need):
        return f"What blocks most: about {by} don't have {lowered(escape(what.name))}."
    return f"What blocks most: about {by} said: {REASONS[what]}."


def start_on(blocking: Sequence[Blocking], channel: str = "") -> list[Block]:
    """Return the button that starts a challenge on what is lacked most, best one that has a challenge of its own."""
    needs = [each.what for each in blocking if isinstance(each.what, Need)]
    if not needs:
        return []
    best = min(needs, key=lambda need: need.challenge is None)
    return [button("Start a challenge on it", START_ON_NEED, f"{best.slug}/{channel}", style="primary")]


def file_of(_catalog: Catalog, desk: Desk, every: ByTeam, _now: datetime) -> File:
    """Return all figures as CSV: of the whole workspace and of its teams, by their names."""
    names = {WHOLE: "", **{each.team_id: each.name for each in every.teams.teams}}
    rows: list[Row] = [
        row for group, each in every.reports.items() if group in names for row in _rows(names[group], each)
    ]
    what = "did a tip in the week before"
    rows += [("", what, f"{each.taken_at:%Y-%m-%d}", each.did) for each in desk.weeks if each.did is not None]
    text = csv_line(HEAD) + "".join(map(csv_line, rows))
    return File(FILE_NAME, text, COMMENT, NextStep("Export", "team", EXPORT))


def _rows(group: str, report: Report) -> Iterator[Row]:
    for what, count in (
        ("members", report.members), ("said yes to weekly tips", report.said_yes),
        ("got a tip in the week before", report.sent), ("did a tip in the week before", report.did),
    ):  # fmt: skip
        if count is not None:
            yield group, what, "", count
    for each in report.blocking:
        is_need = isinstance(each.what, Need)
        name = each.what.name if isinstance(each.what, Need) else REASONS[each.what]
        yield group, "lack" if is_need else "were blocked in four weeks by", name, each.by
    for known in report.known:
        counts = (("know", known.by), ("answered a check on", known.asked), ("were right last on", known.right))
        yield from ((group, what, known.skill.name, count) for what, count in counts if count is not None)


LITERACY = "literacy"
LITERACY_NAME = "roleshift-literacy.md"
LITERACY_COMMENT = "What I do for AI literacy here, as a draft for counsel and works council. Ask your counsel."
_LITERACY = (Path(__file__).parent / "literacy.md").read_text(encoding="utf-8")


def literacy(catalog: Catalog, desk: Desk, every: ByTeam, now: datetime) -> File:
    """Return the file. Figures are those of the last snapshot, and none where an admin wants none."""
    reviewed = max((item.reviewed_on for item in catalog.reviewed if item.reviewed_on), default=None)
    text = _LITERACY.format(
        made=f"{now:%Y-%m-%d}",
        roles=", ".join(role.name for role in catalog.roles.values()),
        skills=len(catalog.skills),
        tips=sum(len(skill.tips) for skill in catalog.skills.values()),
        checks=sum(len(skill.checks) for skill in catalog.skills.values()),
        challenges=len(catalog.challenges),
        version=f"last reviewed on {reviewed}" if reviewed else "no date of a review",
        policy="the coach names them" if catalog.policy else "not given to the coach",
        counts=_counts(desk, every),
    )
    return File(LITERACY_NAME, text, LITERACY_COMMENT, NextStep("Literacy file", "team", LITERACY))


def _counts(desk: Desk, every: ByTeam) -> str:
    if desk.off:
        return "None: an admin chose *No figures at all*."
    if desk.report is None or desk.taken_at is None:
        return "None yet: they begin with five members."
    names = {each.team_id: each.name for each in every.teams.teams}
    teams = [_reach(names[group], each) for group, each in every.reports.items() if group != WHOLE and group in names]
    known = [f"- {each.skill.name}: {about(each.by)} marked it as learned" for each in desk.report.known]
    head = f"As of {desk.taken_at:%Y-%m-%d}, of {about(desk.report.members)} members:\n"
    return "\n".join([head, _reach("All", desk.report), *teams, *known])


def _reach(name: str, report: Report) -> str:
    return (
        f"- {name}: said yes to weekly exercises {about(report.said_yes)}; did one in the week before "
        f"{about(report.did)}; say that one is still in use after three weeks {about(report.still)}"
    )
