"""`/roleshift team export`: the desk's figures as CSV, for admins."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.coach.team import Desk, Report
from bot.core.catalog import Catalog
from bot.core.team import Population, figures, team
from bot.playground.emulator.rules import assert_slack_ok
from bot.run.app import Bot
from bot.slack.message import Message
from bot.slack.team import charts
from tests.coach.teams import Somebody, settle_in
from tests.running import every_row, rows_about
from tests.slack.screens.desk import MANY, MONDAY, NEXT, WEEKS
from tests.slack.screens.situations import on_surface
from tests.slack.screens.small_catalog import SMALL, catalog_of, skill
from tests.slack.talk import Talk, words_of

NORA, EMIL, TEAM = "U01NORA", "U02EMIL", "T01NORTHWIND"


def desk_of(catalog: Catalog, population: Population) -> Desk:
    report = Report(team(catalog, figures(catalog, population), None), MONDAY, None, WEEKS)
    return Desk(report, NEXT, "Europe/Berlin", (), ())


def snippet(message: Message) -> str:
    (block,) = [block for block in message.blocks if block["type"] == "rich_text"]
    text: str = block["elements"][0]["elements"][0]["text"]
    return text


def rows(message: Message) -> list[list[str]]:
    return list(csv.reader(snippet(message).splitlines()))


def test_the_file_has_the_figures_of_the_charts_and_of_the_desk() -> None:
    found = desk_of(SMALL, MANY)
    assert found.report is not None
    read = {(what, name): (about, note) for what, name, about, note in rows(charts.exported(found))}
    assert read["figure", "name"] == ("about", "note")
    assert read["members", ""] == ("35", "")
    assert read["members with weekly tips", ""] == ("20", "")
    assert read["members by role", "Software Engineer"] == ("", "too few to say")
    for week in WEEKS:
        key = ("tips done in the seven days before", f"{week.taken_at:%Y-%m-%d}")
        assert read[key] == ((str(week.done), "") if week.done else ("", "too few to say"))
    (chart, _) = charts.by_theme(found.report.team, charts=True)
    for theme, point in zip(SMALL.themes.values(), chart["chart"]["series"][0]["data"], strict=True):
        about, note = read["skills learned by theme", theme.name]
        assert (about or "0") == str(point["value"])
        assert note == ("" if about else "too few to say")


def test_the_largest_figure_about_members_means_this_many_or_more() -> None:
    everybody = Population(20, 20, {"devops-engineer": 20}, {"token-costs": 20}, {1: 20}, {})
    read = rows(charts.exported(desk_of(SMALL, everybody)))
    assert ["members with weekly tips", "", "15", "or more"] in read
    assert ["members", "", "20", ""] in read


def test_the_file_of_a_small_team_has_only_its_size() -> None:
    read = rows(charts.exported(desk_of(SMALL, Population(6, 6, {}, {"token-costs": 6}, {1: 6}, {}))))
    assert [row[0] for row in read] == ["figure", "figures taken", "members"]


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", '=HYPERLINK("https://x","y")'], ids=repr
)
def test_a_name_that_a_spreadsheet_would_calculate_is_exported_as_text(name: str) -> None:
    read = rows(charts.exported(desk_of(catalog_of(name), MANY)))
    names = {row[1] for row in read if "theme" in row[0] or "role" in row[0] or "skill" in row[0]}
    assert f"'{name}" in names
    assert name not in names


def test_other_names_are_exported_as_they_are() -> None:
    name = 'Speed, "quality" & <cost> ```'
    message = charts.exported(desk_of(catalog_of(name), MANY))
    assert name in {row[1] for row in rows(message)}
    assert_slack_ok(json.loads(message.body()), "message")


def test_what_is_too_long_for_one_message_is_left_out_and_counted() -> None:
    theme = SMALL.themes["speed-matters"]
    themes = {f"t{number}": theme.model_copy(update={"slug": f"t{number}", "name": f"{number} " + "ä" * 50})
              for number in range(150)}  # fmt: skip
    many = replace(SMALL, themes={**SMALL.themes, **themes}, skills={**SMALL.skills, "s": skill("s", "S", theme)})
    found = desk_of(many, MANY)
    assert found.report is not None
    message = charts.exported(found)
    every = 1 + len(list(charts.rows(found.report, found.zone)))
    left_out = every - len(rows(message))
    assert left_out > 0
    assert f"{left_out} more lines are too long for one message" in str(message.blocks)
    assert_slack_ok(on_surface(message)[0], "message")


async def test_an_admin_exports_what_the_desk_shows_and_nothing_about_them_is_stored(
    talk: Callable[..., Talk], bot: Bot, tmp_path: Path
) -> None:
    await bot.services.store.write(settle_in, [Somebody(learned=["cost-spikes"], done=["a"])] * 20, TEAM)
    nora = talk(NORA)
    await nora.does("/roleshift team")
    said = await nora.does("[Export as CSV]")
    assert "skills learned by theme,Speed Matters,15" in said
    assert await nora.does("/roleshift team EXPORT") == said
    assert rows_about(tmp_path, NORA) == []
    assert "*Where help is needed*" in await nora.does("[The team's desk]")


async def test_only_admins_export_and_an_attempt_of_others_is_recorded(
    talk: Callable[..., Talk], bot: Bot, tmp_path: Path
) -> None:
    await bot.services.store.write(settle_in, [Somebody(done=["a"])] * 20, TEAM)
    said = await talk(EMIL).does("/roleshift team export")
    assert said.startswith("Only workspace admins and coach admins can export the team's figures.")
    assert "20" not in said
    (act,) = [row for row in every_row(tmp_path) if row[0] == "audit"]
    assert "denied" in act
    assert "export the team's figures" in act


async def test_other_words_are_answered_with_what_to_type(talk: Callable[..., Talk]) -> None:
    nora = talk(NORA)
    assert "Type `/roleshift team` or `/roleshift team export`." in await nora.does("/roleshift team exprot")
    assert nora.last is not None
    await nora.does("[The team's desk]")
    assert "The team's desk" in words_of(nora.last)
