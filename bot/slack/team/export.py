"""The figures of the admin's desk as CSV."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.coach.team import Desk, Report
from bot.core.team import Team
from bot.slack.blocks import actions, button, context, section
from bot.slack.message import Block, Message, to_json
from bot.slack.team.charts import TOO_FEW
from bot.slack.team.csv_lines import csv_line
from bot.slack.team.practice import REASONS

EXPORT = "export"
MAX_CSV = 9_000  # characters as JSON; the whole message may have about 13,000
OR_MORE = "or more"

Row = tuple[str, str, str | int, str]  # what is counted, its name, the figure, a note
HEAD: Row = ("figure", "name", "about", "note")


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
