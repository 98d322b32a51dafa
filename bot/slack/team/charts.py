"""The figures of the admin's desk: as charts, as bars of text where Slack shows no charts, and as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.coach.team import Desk, Report
from bot.core.practice import Blocker
from bot.core.team import Team, Week
from bot.slack.blocks import actions, bar, button, context, section
from bot.slack.message import Block, Message, escape, to_json

TOO_FEW = "too few to say"
CHART = "data_visualization"
MAX_BARS, MAX_LABEL = 20, 20  # of a chart, as Slack has it
THEMES, WEEKS = "Skills learned by theme", "Tips done by week"
ABOUT_THEMES = "All members together. A skill known by fewer than five people counts as zero."
ABOUT_WEEKS = "In the seven days before each date."
ZERO = "Zero means: too few to say."  # a chart has no other way to draw it
EXPORT = "export"
MAX_CSV = 9_000  # characters as JSON; the whole message may have about 13,000
OR_MORE = "or more"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet calculates a cell that begins with one of these
REASONS = {
    Blocker.LACKS: "Something it needs is missing",
    Blocker.NO_TIME: "No time",
    Blocker.UNCLEAR: "Unclear how to do it",
    Blocker.OTHER: "Something else",
}

Figures = Mapping[str, int | None]  # name → a figure of the desk; None: too few to say
Row = tuple[str, str, str | int, str]  # what is counted, its name, the figure, a note
HEAD: Row = ("figure", "name", "about", "note")


def have_chart(message: Message) -> bool:
    return any(block["type"] == CHART for block in message.blocks)


def by_theme(team: Team, *, charts: bool) -> list[Block]:
    """Return how many skills all members together learned in each theme. They add up to the skills learned."""
    figures = {theme.of.name: theme.tally.done or None for theme in team.themes}
    return chart_or_bars(THEMES, "Skills", figures, ABOUT_THEMES, charts=charts)


def by_week(weeks: Sequence[Week], zone: str | None, *, charts: bool) -> list[Block]:
    """Return how many tips the team did in each of the last weeks that have figures."""
    figures = {_day_of(week, zone): week.done for week in weeks}
    return chart_or_bars(WEEKS, "Tips", figures, ABOUT_WEEKS, charts=charts)


def chart_or_bars(title: str, unit: str, figures: Figures, about: str, *, charts: bool) -> list[Block]:
    """Return a chart of these figures, or bars of text, with a line about them."""
    if not any(figures.values()):
        return [section(f"*{title}*\n{TOO_FEW.capitalize()}.")]
    if charts and len(figures) <= MAX_BARS:
        return [_chart(title, unit, figures), context(f"{about} {ZERO}")]
    return [section(f"*{title}*\n{_bars(figures)}"), context(about)]


def _chart(title: str, unit: str, figures: Figures) -> Block:
    names = _labels(list(figures))
    points = [{"label": name, "value": count or 0} for name, count in zip(names, figures.values(), strict=True)]
    axes = {"categories": names, "y_label": unit}
    chart = {"type": "bar", "series": [{"name": "About", "data": points}], "axis_config": axes}
    return {"type": CHART, "title": title, "chart": chart}


def _labels(names: Sequence[str]) -> list[str]:
    """Return names that fit below a bar. Each of them is different, as Slack demands."""
    labels: list[str] = []
    for name in names:
        label = name if len(name) <= MAX_LABEL else f"{name[: MAX_LABEL - 1].rstrip()}…"
        if label in labels:
            label = f"{name[: MAX_LABEL - 5].rstrip()}… {len(labels) + 1}"
        labels.append(label)
    return labels


def _bars(figures: Figures) -> str:
    most = max(count or 0 for count in figures.values())
    return "\n".join(
        f"{bar(count or 0, most)} {escape(name)}: {TOO_FEW if count is None else f'about {count}'}"
        for name, count in figures.items()
    )


def _day_of(week: Week, zone: str | None) -> str:
    local = week.taken_at.astimezone(ZoneInfo(zone) if zone else UTC)
    return f"{local.day} {local:%b}"


def exported(found: Desk) -> Message:
    """Answer `/roleshift team export`."""
    desk = button("The team's desk", "team")
    if found.report is None:
        said = "There will be figures to export as soon as five members have used me."
        return Message(said, [section(said), actions(desk)])
    snippet, left_out = _snippet([HEAD, *rows(found.report, found.zone)])
    lines = "line is" if left_out == 1 else "lines are"
    blocks = [
        section("*The team's figures as CSV*\nCopy them into a file that ends with `.csv`."),
        _code(snippet),
        *([context(f"{left_out} more {lines} too long for one message, and left out.")] if left_out else ()),
        context("The same figures as on the desk: rounded to fives, and nothing about fewer than five people."),
        actions(desk),
    ]
    return Message("The team's figures as CSV.", blocks)


def rows(report: Report, zone: str | None) -> Iterator[Row]:
    """Yield what the desk shows, a figure a row."""
    team = report.team
    yield "figures taken", _date(report.taken_at, zone), "", ""
    yield "members", "", team.members, ""
    if not team.top:
        return
    yield _members("members with a role", "", team.with_role, team)
    yield _members("members with weekly tips", "", team.weekly, team)
    yield _total("skills learned", "", team.learned)
    if team.gained is not None and report.since is not None:
        change = "fewer" if team.gained < 0 else "more"
        yield f"skills learned, {change} than on", _date(report.since, zone), abs(team.gained), ""
    yield _total("tips done in a week", "", team.done)
    yield _total("tips blocked in a week", "", team.blocked)
    for theme in team.themes:
        yield _total("skills learned by theme", theme.of.name, theme.tally.done or None)
    for week in report.weeks:
        yield _total("tips done in the seven days before", _date(week.taken_at, zone), week.done)
    yield from _of_members(team)


def _of_members(team: Team) -> Iterator[Row]:
    for path in team.paths:
        yield _total("skills learned by path", path.of.name, path.tally.done or None)
    for group in team.roles:
        yield _members("members by role", group.role.name, group.members, team)
    if team.other_roles is not None:
        yield "members by role", "roles with fewer than five, together", team.other_roles, ""
    for why, count in team.reasons:
        yield _members("members with blocked tips, last four weeks", REASONS[why], count, team)
    for lacking in team.lacking:
        yield _members("members who lack", lacking.need.name, lacking.by, team)
    for checked in team.checked:
        yield _members("members who answered a check", checked.skill.name, checked.asked, team)
        yield _members("members whose last answer was right", checked.skill.name, checked.right, team)
    for known in team.needed:
        yield _members("members who know the skill", known.skill.name, known.by, team)


def _total(what: str, name: str, count: int | None) -> Row:
    return (what, name, "", TOO_FEW) if count is None else (what, name, count, "")


def _members(what: str, name: str, count: int | None, team: Team) -> Row:
    """Return a figure about members. The largest that may be shown means "this many or more"."""
    if count is None:
        return what, name, "", TOO_FEW
    return what, name, count, OR_MORE if count >= team.top else ""


def _snippet(every: list[Row]) -> tuple[str, int]:
    """Return as many rows as a message holds, and how many are left out."""
    lines: list[str] = []
    room = MAX_CSV
    for row in every:
        line = csv_line(row)
        room -= len(to_json(line))
        if room < 0:
            break
        lines.append(line)
    return "".join(lines).rstrip("\n"), len(every) - len(lines)


def _code(text: str) -> Block:
    lines = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [lines]}


def _date(at: datetime, zone: str | None) -> str:
    return f"{at.astimezone(ZoneInfo(zone) if zone else UTC):%Y-%m-%d}"


def csv_line(row: Iterable[str | int]) -> str:
    """Return a row as one line of CSV, with its line break."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow([_harmless(value) for value in row])
    return written.getvalue()


def _harmless(value: str | int) -> str | int:
    """Return a text that no spreadsheet takes for a formula. The apostrophe makes it a text there."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value
