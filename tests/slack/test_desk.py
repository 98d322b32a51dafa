"""The team's desk: who may open it, what it shows and hides, its details, and *Try again*."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

from hypothesis import given, strategies as st

from bot.coach.desk import Desk
from bot.core.team import BLOCKED_BY, DID, LACKS, RIGHT, WRONG, Counts, WeekCounts, figures
from bot.run.app import Bot
from bot.slack.blocks import divider
from bot.slack.message import Message
from bot.slack.replies import as_modal
from bot.slack.team import desk
from jobs import once
from tests.coach.members import NOW
from tests.coach.teams import Somebody, settle_in
from tests.driver.standin import StandIn
from tests.running import bot_behind_http
from tests.slack.screens.desk import MONDAY, ZONE
from tests.slack.screens.small_catalog import SMALL, catalog_of
from tests.slack.talk import Talk, Talks, labels_of

NORA = "U01NORA"
TEAM = "T01NORTHWIND"
LAST_WEEK = timedelta(days=7)
BARS = "▰▰▰▰▰▰▰▰▰▰▰▰ "
CHARTS = ["Did a tip, or still do one, by week"]


async def takes_figures(bot: Bot, people: list[Somebody]) -> None:
    services = bot.services
    await services.store.write(settle_in, people, TEAM, 100, services.clock.now() - LAST_WEEK)
    await once(services)


# What it shows.


async def test_the_desk_says_what_is_practised_and_starts_a_challenge_on_what_blocks(talk: Talks, bot: Bot) -> None:
    blocked = Somebody(blocked=["a"], lacks=["test-set"], wrong=["cost-spikes"])
    people = [blocked] * 9 + [Somebody(done=["a", "b"], lacks=["logs"])] * 8 + [Somebody()] * 3
    await takes_figures(bot, people)
    nora = talk(NORA)
    said = await nora.does("/roleshift team")
    for words in (
        "15 people or more used me. Did a tip, or said that one is still in use: about 10.",
        "What blocks most: about 10 said that they don't have a test set.", "Rounded to fives.",
    ):  # fmt: skip
        assert words in said
    buttons = ["Start a challenge on it", "Settings", "By skill", "Teams", "Export"]
    assert labels_of(nora.last) == buttons
    said = await nora.does("[By skill]")
    assert "Catch cost spikes early: right too few to say, wrong about 10" in said
    await nora.does("[Back]")
    await nora.does("[Start a challenge on it]")
    (form_shown,) = nora.slack.workspace.screens.stacks[NORA]
    assert bot.services.catalog.challenges["test-set-for-one-prompt"].done_when in str(form_shown.blocks)


names = st.sampled_from([DID, BLOCKED_BY + "no-time", LACKS + "logs", RIGHT + "quality", WRONG + "quality"])


@given(st.integers(15, 60), st.dictionaries(names, st.integers(0, 60)))
def test_every_number_on_the_desk_is_a_multiple_of_five(active: int, did: dict[str, int]) -> None:
    counts = Counts(active + 5, active, {name: min(count, active) for name, count in did.items()})
    shown = Desk((WeekCounts(NOW, figures(counts)),), "UTC")
    for screen in (desk.desk(SMALL, shown), desk.by_skill(SMALL, shown)):
        numbers = re.findall(r"\d+", re.sub(r'[0-9]+ Nov|"value":0', "", screen.body()))
        assert all(int(number) >= 5 and int(number) % 5 == 0 for number in numbers), screen.body()


async def test_the_export_is_a_file_with_the_figures(bot: Bot, slack: StandIn) -> None:
    await takes_figures(bot, [Somebody(right=["cost-spikes"], done=["a"])] * 20)
    seen = await slack.command(NORA, "/roleshift team export")
    assert "The figures came to our direct messages, as a file." in seen.text
    (file,) = slack.hub.files.values()
    head, *rows = csv.reader(io.StringIO((file.content or b"").decode()))
    assert head == ["in the week before", "figure", "name", "about"]
    assert [row[1:] for row in rows] == [
        ["did a tip, or still do one", "", "10"], ["answered right on", "Catch cost spikes early", "10"]
    ]  # fmt: skip


def test_a_name_that_a_spreadsheet_would_calculate_is_exported_as_text() -> None:
    week = WeekCounts(NOW, {RIGHT + "quality": 20, LACKS + "logs": 20})
    rows = list(csv.reader(io.StringIO(desk.file_of(catalog_of("=SUM(A1)"), Desk((week,), "UTC"), NOW).text)))
    assert [row[2] for row in rows] == ["name", "'=SUM(A1)", "'=SUM(A1)"]


async def test_charts_come_at_the_response_url_which_tells_whether_slack_shows_them(
    slack: StandIn, tmp_path: Path
) -> None:
    async with bot_behind_http(slack, tmp_path) as bot:
        await takes_figures(bot, [Somebody(done=["a"])] * 9 + [Somebody(blocked=["a"])] * 11)
        nora = Talk(slack, NORA)
        for shows, said in ((CHARTS, "The team's desk"), ([], BARS)):
            assert said in await nora.does("/roleshift team")
            charts = [block["title"] for block in nora.last.blocks or [] if block["type"] == desk.CHART]
            assert (slack.posts[-1].method, charts) == ("response_url", shows)
            slack.workspace.unsupported_blocks.add(desk.CHART)
        assert [refusal.error for refusal in slack.refused] == ["invalid_blocks"]
        slack.refused.clear()


def test_a_modal_shows_texts_because_slack_shows_no_charts_in_it() -> None:
    plain = Message("In words.", [divider()])
    assert as_modal(Message("In charts.", [{"type": desk.CHART}], without_charts=plain))["blocks"] == [divider()]


def test_a_week_with_too_few_is_named_between_two_others_and_each_has_the_date_of_the_workspace() -> None:
    weeks = (WeekCounts(MONDAY - timedelta(weeks=6), {DID: 10}), WeekCounts(MONDAY - timedelta(weeks=4), {DID: 5}))
    (text,) = desk.by_week(weeks, ZONE, charts=False)  # the clock changes between them
    days = [line.split(" ", 1)[1] for line in text["text"]["text"].splitlines()[1:]]
    assert days == ["12 Oct: about 10", "19 Oct: too few to say", "26 Oct: about 5"]
    for file in (desk.file_of, desk.literacy):
        assert "2026-10-26" in file(SMALL, Desk(weeks, ZONE), NOW).text
