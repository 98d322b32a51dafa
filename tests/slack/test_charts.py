"""The desk's figures as charts, as texts where Slack does not show charts, and as CSV."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.coach.team import Desk, Report
from bot.core.catalog import Catalog
from bot.core.team import Population, Week, figures, team
from bot.playground.emulator import faults
from bot.playground.emulator.rules import assert_slack_ok
from bot.run.app import Bot
from bot.slack import replies
from bot.slack.blocks import divider
from bot.slack.in_views import as_modal
from bot.slack.message import Message, blocks_json
from bot.slack.refusals import BlocksRefused
from bot.slack.replies import CHARTS_REFUSED_FOR, MAX_WAIT, Replies
from bot.slack.team import charts as team_charts
from bot.slack.team.charts import CHART
from tests.coach.members import NOW
from tests.coach.teams import Somebody, settle_in
from tests.driver.standin import StandIn
from tests.every import check_every
from tests.running import bot_behind_http, rows_about
from tests.slack.screens.desk import MANY, MONDAY, NEXT, WEEKS
from tests.slack.screens.situations import on_surface
from tests.slack.screens.small_catalog import SMALL, catalog_of, skill
from tests.slack.talk import Talk, words_of

NORA, TEAM = "U01NORA", "T01NORTHWIND"
BARS = "▰▰▰▰▰▰▰▰▰▰▰▰ Speed Matters: about 10"


@pytest.fixture
async def nora(talk: Callable[..., Talk], bot: Bot) -> Talk:
    busy = Somebody(learned=["fast-and-cheap"], done=["a"])
    await bot.services.store.write(settle_in, [busy] * 9 + [Somebody()] * 11, TEAM)
    return talk(NORA)


def charts_on(nora: Talk) -> list[str]:
    assert nora.last is not None
    return [block["title"] for block in nora.last.blocks or [] if block["type"] == CHART]


def refusals(slack: StandIn) -> int:
    """Return how often Slack refused charts, and forget it."""
    assert {refusal.error for refusal in slack.refused} <= {"invalid_blocks"}
    count = len(slack.refused)
    slack.refused.clear()
    return count


async def test_the_desk_draws_what_was_learned_and_done(nora: Talk) -> None:
    await nora.does("/roleshift team")
    assert charts_on(nora) == ["Tips done by week", "Skills learned by theme"]
    assert nora.last is not None
    points = {
        point["label"]: point["value"]
        for block in nora.last.blocks or []
        if block["type"] == CHART
        for point in block["chart"]["series"][0]["data"]
    }
    assert points["Speed Matters"] == 10
    assert sum(points.values()) == 20


async def test_a_workspace_that_refuses_charts_gets_bars_of_text_and_is_not_asked_again(
    nora: Talk, slack: StandIn
) -> None:
    slack.workspace.unsupported_blocks.add(CHART)
    said = await nora.does("/roleshift team")
    assert BARS in said
    assert charts_on(nora) == []
    assert refusals(slack) == 1
    assert BARS in await nora.does("/roleshift team")
    assert refusals(slack) == 0


async def test_over_http_charts_come_at_the_response_url_and_texts_in_the_direct_answer(
    slack: StandIn, tmp_path: Path
) -> None:
    async with bot_behind_http(slack, tmp_path) as bot:
        await bot.services.store.write(settle_in, [Somebody(learned=["fast-and-cheap"])] * 20, TEAM)
        nora = Talk(slack, NORA)
        await nora.does("/roleshift team")
        assert (slack.posts[-1].method, charts_on(nora)) == ("response_url", ["Skills learned by theme"])
        slack.workspace.unsupported_blocks.add(CHART)
        assert "▰ Speed Matters: about 15" in await nora.does("/roleshift team")
        assert (slack.posts[-1].method, charts_on(nora)) == ("command_answer", [])
        assert refusals(slack) == 1


async def test_a_lost_answer_brings_bars_of_text_and_charts_the_next_time(nora: Talk, slack: StandIn) -> None:
    slack.faults.add(faults.drop("response_url"))
    assert BARS in await nora.does("/roleshift team")
    assert charts_on(nora) == []
    await nora.does("/roleshift team")
    assert len(charts_on(nora)) == 2


async def test_a_click_on_the_desks_button_is_answered_with_text_too(nora: Talk, slack: StandIn) -> None:
    await nora.does("/roleshift admins")
    slack.workspace.unsupported_blocks.add(CHART)
    assert BARS in await nora.does("[The team's desk]")
    assert refusals(slack) == 1


def test_a_modal_shows_texts_because_slack_shows_no_charts_in_it() -> None:
    assert as_modal(replace(DRAWN, without_charts=replace(PLAIN, blocks=[divider()])))["blocks"] == [divider()]


def test_charts_are_given_up_while_slack_still_waits_for_the_answer_to_a_command() -> None:
    assert MAX_WAIT < 3  # as the bot has it, and no test changed it


class _Slack:
    """Take answers at a `response_url`, except charts in the workspaces that refuse them."""

    def __init__(self, error: Exception) -> None:
        self.error, self.took = error, list[Message]()

    async def respond(self, _url: str, message: Message, *, replace: bool, seconds: float = 0.0) -> None:
        assert not replace
        assert seconds == replies.MAX_WAIT
        self.took.append(message)
        if message.without_charts is not None:
            raise self.error


class _Clock:
    now_is = NOW

    def now(self) -> object:
        return self.now_is


PLAIN = Message("In words.")
DRAWN = Message("In charts.", [{"type": CHART}], without_charts=PLAIN)


@pytest.mark.parametrize(
    ("error", "tries"),
    [(BlocksRefused(), [1, 1, 2]), (aiohttp.ClientConnectionError(), [1, 2, 3]), (TimeoutError(), [1, 2, 3])],
    ids=["refused", "unreachable", "lost"],
)
async def test_charts_are_tried_again_a_day_after_a_refusal_and_at_once_after_other_errors(
    error: Exception, tries: list[int]
) -> None:
    slack, clock = _Slack(error), _Clock()
    replies = Replies(slack, clock)  # type: ignore[arg-type]  # it needs no more of the two
    for later, count in zip((0, 0.9, 1.1), tries, strict=True):
        clock.now_is = NOW + later * CHARTS_REFUSED_FOR
        assert await replies.show_charts("T1", "https://x", DRAWN) is PLAIN
        assert len(slack.took) == count
    assert await replies.show_charts("T2", "https://x", DRAWN) is PLAIN
    assert len(slack.took) == tries[-1] + 1, "another workspace is asked by itself"


async def test_a_command_without_response_url_is_answered_directly_without_charts() -> None:
    slack = _Slack(TimeoutError())
    replies = Replies(slack, _Clock())  # type: ignore[arg-type]  # as above
    assert await replies.show_charts("T1", "", DRAWN) is PLAIN
    assert await replies.show_charts("T1", "https://x", PLAIN) is PLAIN
    assert slack.took == []


def test_chart_and_text_have_the_same_figures() -> None:
    (chart, _), (text, _) = (team_charts.by_week(WEEKS, None, charts=charts) for charts in (True, False))
    points = chart["chart"]["series"][0]["data"]
    lines = text["text"]["text"].splitlines()[1:]
    assert len(points) == len(lines) == 12
    for point, line, week in zip(points, lines, WEEKS, strict=True):
        said = f"about {week.done}" if week.done else "too few to say"
        assert line.endswith(f" {point['label']}: {said}")
        assert point["value"] == (week.done or 0)


def test_weeks_are_named_in_the_workspaces_zone() -> None:
    late = Week(MONDAY.replace(hour=23), 5)
    chart, _ = team_charts.by_week([late], "Asia/Tokyo", charts=True)
    assert chart["chart"]["axis_config"]["categories"] == ["24 Nov"]


def test_labels_are_cut_to_slacks_length_and_stay_different() -> None:
    def check(case: tuple[list[str], list[str]]) -> None:
        names, labels = case
        chart, _ = team_charts.chart_or_bars("Title", "Unit", dict.fromkeys(names, 5), "About.", charts=True)
        assert chart["chart"]["axis_config"]["categories"] == labels

    check_every(
        [
            (["Product-First Mindset"], ["Product-First Minds…"]),
            (["x" * 21, "x" * 22, "x" * 20], ["x" * 19 + "…", "x" * 15 + "… 2", "x" * 20]),
        ],
        check,
    )


def test_more_themes_than_a_chart_holds_are_shown_as_text() -> None:
    figures: dict[str, int | None] = {f"Theme {number}": 5 for number in range(21)}
    text, _ = team_charts.chart_or_bars("Title", "Unit", figures, "About.", charts=True)
    assert text["type"] == "section"
    assert blocks_json([text]).count("about 5") == 21


# As CSV.


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
    read = {(what, name): (about, note) for what, name, about, note in rows(team_charts.exported(found))}
    assert read["figure", "name"] == ("about", "note")
    assert read["members", ""] == ("35", "")
    assert read["members with weekly tips", ""] == ("20", "")
    assert read["members by role", "Software Engineer"] == ("", "too few to say")
    for week in WEEKS:
        key = ("tips done in the seven days before", f"{week.taken_at:%Y-%m-%d}")
        assert read[key] == ((str(week.done), "") if week.done else ("", "too few to say"))
    (chart, _) = team_charts.by_theme(found.report.team, charts=True)
    for theme, point in zip(SMALL.themes.values(), chart["chart"]["series"][0]["data"], strict=True):
        about, note = read["skills learned by theme", theme.name]
        assert (about or "0") == str(point["value"])
        assert note == ("" if about else "too few to say")


def test_the_largest_figure_about_members_means_this_many_or_more() -> None:
    everybody = Population(20, 20, {"devops-engineer": 20}, {"token-costs": 20}, {1: 20}, {})
    read = rows(team_charts.exported(desk_of(SMALL, everybody)))
    assert ["members with weekly tips", "", "15", "or more"] in read
    assert ["members", "", "20", ""] in read


def test_the_file_of_a_small_team_has_only_its_size() -> None:
    read = rows(team_charts.exported(desk_of(SMALL, Population(6, 6, {}, {"token-costs": 6}, {1: 6}, {}))))
    assert [row[0] for row in read] == ["figure", "figures taken", "members"]


def test_a_name_that_a_spreadsheet_would_calculate_is_exported_as_text() -> None:
    name = '=HYPERLINK("https://x","y")'
    read = rows(team_charts.exported(desk_of(catalog_of(name), MANY)))
    names = {row[1] for row in read if "theme" in row[0] or "role" in row[0] or "skill" in row[0]}
    assert f"'{name}" in names
    assert name not in names


def test_other_names_are_exported_as_they_are() -> None:
    name = 'Speed, "quality" & <cost> ```'
    message = team_charts.exported(desk_of(catalog_of(name), MANY))
    assert name in {row[1] for row in rows(message)}
    assert_slack_ok(json.loads(message.body()), "message")


def test_what_is_too_long_for_one_message_is_left_out_and_counted() -> None:
    theme = SMALL.themes["speed-matters"]
    themes = {f"t{number}": theme.model_copy(update={"slug": f"t{number}", "name": f"{number} " + "ä" * 50})
              for number in range(150)}  # fmt: skip
    many = replace(SMALL, themes={**SMALL.themes, **themes}, skills={**SMALL.skills, "s": skill("s", "S", theme)})
    found = desk_of(many, MANY)
    assert found.report is not None
    message = team_charts.exported(found)
    every = 1 + len(list(team_charts.rows(found.report, found.zone)))
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


async def test_other_words_are_answered_with_what_to_type(talk: Callable[..., Talk]) -> None:
    nora = talk(NORA)
    assert "Type `/roleshift team` or `/roleshift team export`." in await nora.does("/roleshift team exprot")
    assert nora.last is not None
    await nora.does("[The team's desk]")
    assert "The team's desk" in words_of(nora.last)
