"""The team's desk: who may open it, what it shows and hides, its details, and *Try again*."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.coach.desk import ByTeam
from bot.coach.teams import Teams
from bot.core.team import ASKED, BLOCKED_BY, DID, KNOWS, LACKS, RIGHT, SAID_YES, SENT, WHOLE, Group
from bot.playground.emulator.faults import refuse
from bot.run.app import Bot
from bot.slack.team import desk, figures
from jobs import once
from tests.coach.teams import Somebody, settle_in
from tests.driver.standin import StandIn
from tests.running import every_row, rows_about
from tests.slack.life import Life
from tests.slack.screens.desk import desk_of
from tests.slack.screens.small_catalog import SMALL, catalog_of
from tests.slack.talk import Talk, labels_of

NORA = "U01NORA"
TEAM = "T01NORTHWIND"
MAY_NOT = "Only workspace admins and coach admins can {}."
LAST_WEEK = timedelta(days=7)


async def takes_figures(bot: Bot, people: list[Somebody]) -> None:
    services = bot.services
    await services.store.write(settle_in, people, TEAM, 100, services.clock.now() - LAST_WEEK)
    await once(services)


# What it shows.


async def test_the_desk_says_what_is_practised_and_starts_a_challenge_on_what_blocks(
    talk: Callable[..., Talk], bot: Bot
) -> None:
    blocked = Somebody(blocked=["a"], lacks=["test-set"], wrong=["cost-spikes"], learned=["cost-spikes"])
    people = [blocked] * 9 + [Somebody(weekly=True, done=["a", "b"], lacks=["logs"])] * 8 + [Somebody()] * 3
    await takes_figures(bot, people)
    nora = talk(NORA)
    said = await nora.does("/roleshift team")
    for words in (
        "About 20 members use me; about 10 said yes to weekly tips.",
        "Did last week's tip, of those who got one: about 10.",
        "What blocks most: about 10 don't have a test set.", "rounded to fives.",
    ):  # fmt: skip
        assert words in said
    assert labels_of(nora.last) == ["Start a challenge on it", "Settings", "By skill", "By team", "By week", "Export"]
    said = await nora.does("[By skill]")
    assert "Catch cost spikes early: learned by about 10; last question right: too few to say" in said
    await nora.does("[Back]")
    assert "This can't tell who reads them." in await nora.does("[By week]")
    assert "For any reason: too few to say" in await nora.does("[What did not arrive]")
    await nora.does("[Back]")
    await nora.does("[Start a challenge on it]")
    (form_shown,) = nora.slack.workspace.screens.stacks[NORA]
    assert bot.services.catalog.challenges["test-set-for-one-prompt"].done_when in str(form_shown.blocks)


counts = st.dictionaries(
    st.sampled_from([SAID_YES, SENT, DID, BLOCKED_BY + "no-time", LACKS + "logs", KNOWS + "quality", ASKED + "quality",
                     RIGHT + "quality"]),
    st.integers(0, 60),
)  # fmt: skip


@given(st.integers(5, 60), counts)
def test_every_number_on_the_desk_is_a_multiple_of_five(members: int, found: dict[str, int]) -> None:
    shown = desk_of(SMALL, Group(members, {name: min(count, members) for name, count in found.items()}))
    for screen in (desk.desk(shown), desk.by_skill(shown), desk.by_week(shown)):
        dates = r'<!date[^>]*>|[0-9]+ (Sep|Oct|Nov)|"value":0'
        numbers = re.findall(r"\d+", re.sub(dates, "", screen.body().replace("\\u003c", "<")))
        assert all(int(number) >= 5 and int(number) % 5 == 0 for number in numbers), screen.body()


async def test_the_export_is_a_file_with_the_figures_and_nothing_about_the_admin_is_stored(
    bot: Bot, slack: StandIn, tmp_path: Path
) -> None:
    await takes_figures(bot, [Somebody(learned=["cost-spikes"], done=["a"])] * 20)
    await slack.command(NORA, "/roleshift team export")
    assert rows_about(tmp_path, NORA) == []
    (file,) = slack.hub.files.by_id.values()
    rows = list(csv.reader(io.StringIO((file.content or b"").decode())))
    assert rows[:3] == [
        ["group", "figure", "name", "about"], ["", "members", "", "20"], ["", "did a tip in the week before", "", "15"]
    ]  # fmt: skip
    assert ["", "know", "Catch cost spikes early", "15"] in rows


def test_a_name_that_a_spreadsheet_would_calculate_is_exported_as_text() -> None:
    found = desk_of(catalog_of("=SUM(A1)"), Group(30, {KNOWS + "quality": 20, LACKS + "logs": 20}))
    assert found.report is not None
    every = ByTeam(Teams((), {}), {WHOLE: found.report})
    rows = list(csv.reader(io.StringIO(figures.file_of(SMALL, found, every, found.next_at).text)))
    assert {row[2] for row in rows if row[1] in {"know", "lack"}} == {"'=SUM(A1)"}
    assert ["", "did a tip in the week before", "2026-11-16", "35"] in rows


# Who may open it.


async def test_the_admin_right_is_checked_at_each_step(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path
) -> None:
    nora = talk(NORA)
    await nora.does("/roleshift team")
    slack.workspace.change_person(NORA, kind="member")
    assert (await nora.does("/roleshift team")).startswith(MAY_NOT.format("see the team's desk"))
    for typed, label, what in (
        ("team gaps", "Try again", "try tips again"),
        ("team", "Settings", "change the team's settings"),
    ):
        slack.workspace.change_person(NORA, kind="owner")
        await nora.does(f"/roleshift {typed}")
        slack.workspace.change_person(NORA, kind="member")
        assert (await nora.does(f"[{label}]")).startswith(MAY_NOT.format(what))
    assert {row[4] for row in every_row(tmp_path) if row[0] == "audit"} == {"denied", "desk read"}


# *Try again*.


async def test_a_refused_tip_comes_after_try_again(life: Life) -> None:
    await life.says_yes()
    life.slack.faults.add(refuse("chat.postMessage", error="messages_tab_disabled"))
    await life.until_tuesday()
    assert len(life.came()) == 1  # the welcome
    nora = life.talk(NORA)
    await nora.does("/roleshift team gaps")
    said = await nora.does("[Try again]")
    assert said.startswith("Tried again: fewer than five tips may still come")
    await once(life.services)
    assert len(life.came()) == 2
    await nora.does("/roleshift team gaps")
    await nora.does("[Try again]")
    await once(life.services)
    assert len(life.came()) == 2
