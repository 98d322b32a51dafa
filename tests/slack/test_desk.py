"""The team's desk: who may open it, what it shows and hides, and *Try again*."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.coach.team import Desk, Report
from bot.core.catalog import Catalog
from bot.core.practice import Blocker
from bot.core.questions import Unanswered
from bot.core.team import Population, figures, team
from bot.playground.emulator.faults import refuse
from bot.playground.emulator.rules import assert_slack_ok
from bot.run.app import Bot
from bot.slack.blocks import section
from bot.slack.team import desk
from jobs import once
from tests.coach.teams import Somebody, settle_in
from tests.core.teams import CATALOG, as_shown, populations
from tests.driver.standin import StandIn
from tests.every import check_every
from tests.real_content import load
from tests.running import every_row
from tests.slack.life import Life
from tests.slack.screens.desk import MONDAY, NEXT, WEEKS, losses, results
from tests.slack.screens.small_catalog import SMALL
from tests.slack.talk import Talk, labels_of

NORA = "U01NORA"
REAL, LONG = load(), "y" * 60
TEAM = "T01NORTHWIND"
MAY_NOT = "Only workspace admins and coach admins can {}."


# What it shows.


async def test_the_desk_shows_the_team_and_links_each_skill_where_help_is_needed(
    talk: Callable[..., Talk], bot: Bot
) -> None:
    people = [Somebody("devops-engineer", weekly=True, learned=["cost-spikes"])] * 11 + [Somebody("ml-engineer")] * 3
    people += [Somebody()] * 6
    await bot.services.store.write(settle_in, people, TEAM)
    nora = talk(NORA)
    said = await nora.does("/roleshift team")
    for words in (
        "*Members*\nabout 20", "*With a role*\nabout 10", "*With weekly tips*\nabout 10", "*Skills learned*\nabout 10",
        "(DevOps Engineer: about 10)", "(ML Engineer: too few to say)", "Known by fewer than five",
        "• For any reason: too few to say", ", rounded to fives.",
    ):  # fmt: skip
        assert words in said
    assert nora.last is not None
    assert labels_of(nora.last) == ["How?"] * 10 + ["Try again", "Settings", "Coach admins", "Export as CSV"]
    assert "*Start here*" in await nora.does("[How?]")


async def test_the_desk_says_what_members_lack_and_starts_a_challenge_on_it(
    talk: Callable[..., Talk], bot: Bot
) -> None:
    blocked = Somebody(blocked=["a"], lacks=["test-set"], wrong=["cost-spikes"])
    people = [blocked] * 9 + [Somebody(done=["a", "b"], lacks=["logs"])] * 4 + [Somebody()] * 9
    await bot.services.store.write(settle_in, people, TEAM)
    nora = talk(NORA)
    said = await nora.does("/roleshift team")
    for words in (
        "*Tips blocked in a week*\nabout 10", "*Tips done in a week*\ntoo few to say", "• No time: about 10",
        "About 10 of you don't have a test set.", "fewer than five right, of about 10 who answered",
    ):  # fmt: skip
        assert words in said
    assert "logs" not in said
    template = bot.services.catalog.challenges["test-set-for-one-prompt"]
    assert "Start a challenge on it" in labels_of(nora.last)  # type: ignore[arg-type]  # it came
    await nora.does("[Start a challenge on it]")
    (form_shown,) = nora.slack.workspace.screens.stacks[NORA]
    assert template.done_when in str(form_shown.blocks)


async def test_the_desk_of_four_members_shows_no_figures_and_says_why(talk: Callable[..., Talk], bot: Bot) -> None:
    await bot.services.store.write(settle_in, [Somebody("devops-engineer")] * 4, TEAM)
    nora = talk(NORA)
    said = await nora.does("/roleshift team")
    assert "There will be figures here as soon as five members have used me." in said
    assert "about" not in said
    assert nora.last is not None
    assert labels_of(nora.last) == ["Try again", "Settings", "Coach admins", "Export as CSV"]


def screen(population: Population) -> str:
    report = Report(team(CATALOG, figures(CATALOG, population), None), MONDAY, None)
    drawn = desk.desk(Desk(report, NEXT, "Europe/Berlin", (), ()))
    return drawn.body() + (drawn.without_charts or drawn).body()


@given(populations())
def test_every_number_on_the_desk_is_a_multiple_of_five(population: Population) -> None:
    assume(population.members >= 5)
    numbers = re.sub(r'<!date[^>]*>|"value":0\b', "", screen(population))  # no bar: too few to say
    assert all(int(number) >= 5 and int(number) % 5 == 0 for number in re.findall(r"\d+", numbers))


@given(populations(), st.randoms(use_true_random=False))
def test_teams_with_equal_rounded_figures_have_equal_desks(team: Population, chance: Random) -> None:
    assume(team.members >= 5)
    other = replace(
        team,
        members=chance.choice(as_shown(team.members)),
        weekly=chance.choice(as_shown(team.weekly)),
        skills={slug: chance.choice(as_shown(count)) for slug, count in team.skills.items()},
    )
    assert screen(other) == screen(team)


# It fits in a message however much there is to show; its lists become shorter.


def long_names(catalog: Catalog) -> Catalog:
    return replace(
        catalog,
        roles={slug: each.model_copy(update={"name": LONG, "becomes": LONG}) for slug, each in catalog.roles.items()},
        skills={slug: each.model_copy(update={"name": LONG}) for slug, each in catalog.skills.items()},
        themes={slug: each.model_copy(update={"name": LONG}) for slug, each in catalog.themes.items()},
        needs={slug: each.model_copy(update={"name": LONG}) for slug, each in catalog.needs.items()},
    )


def fullest(catalog: Catalog) -> Desk:
    """Return the desk of a team about which there is as much to show as there can be."""
    everything = dict.fromkeys(catalog.skills, 100)
    population = Population(
        members=400, weekly=300, roles=dict.fromkeys(catalog.roles, 20), skills=dict.fromkeys(catalog.skills, 9),
        done={2: 90}, blocked={1: 60}, reasons=dict.fromkeys(Blocker, 50), lacks=dict.fromkeys(catalog.needs, 100),
        asked=everything, right=everything,
    )  # fmt: skip
    report = Report(team(catalog, figures(catalog, population), None), MONDAY, None, WEEKS)
    ends_today = results(SMALL)[0]
    asked = tuple(Unanswered("w" * 198 + str(number), 3) for number in range(10, 15))
    return Desk(report, NEXT, "Europe/Berlin", (ends_today,) * 5, losses(), asked)


def test_the_fullest_desk_fits_with_charts_and_without() -> None:
    check_every([REAL, long_names(REAL)], fits)


def fits(taught: Catalog) -> None:
    drawn = desk.desk(fullest(taught), trouble=[section("x" * 500)] * 3)
    assert drawn.without_charts is not None
    for message in (drawn, drawn.without_charts):
        assert_slack_ok(json.loads(message.body()), "message")
        assert "Some lists are shortened here" in message.body()
        for title in ("Where help is needed", "Checks by skill", "Choose quotes", "Questions that I could not answer"):
            assert title in message.body()


def test_a_desk_that_fits_is_shown_in_full() -> None:
    plain = replace(fullest(REAL), results=(), unanswered=())
    body = desk.desk(plain).body()
    assert "Some lists are shortened here" not in body
    assert body.count('"How?"') == 10


# Who may open it.


async def test_the_admin_right_is_checked_at_each_step(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path
) -> None:
    nora = talk(NORA)
    await nora.does("/roleshift team")
    slack.workspace.change_person(NORA, kind="member")
    assert (await nora.does("/roleshift team")).startswith(MAY_NOT.format("see the team's desk"))
    for label, what in (("Try again", "try tips again"), ("Settings", "change the team's settings")):
        slack.workspace.change_person(NORA, kind="owner")
        await nora.does("/roleshift team")
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
    await nora.does("/roleshift team")
    said = await nora.does("[Try again]")
    assert said.startswith("Tried again: fewer than five tips may still come")
    await once(life.services)
    assert len(life.came()) == 2
    await nora.does("[The team's desk]")
    await nora.does("[Try again]")
    await once(life.services)
    assert len(life.came()) == 2
