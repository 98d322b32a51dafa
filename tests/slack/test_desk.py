"""The team's desk: who may open it, what it shows and hides, its settings, and *Try again*."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.coach.team import Desk, Report
from bot.core.team import Population, figures, team
from bot.playground.emulator.faults import refuse
from bot.run.app import Bot
from bot.slack.form import FieldError
from bot.slack.team import desk
from bot.slack.team import settings as form
from jobs import once
from tests.coach.teams import Somebody, settle_in
from tests.core.teams import CATALOG, as_shown, populations
from tests.driver.standin import StandIn
from tests.running import every_row, rows_about
from tests.slack.life import EMIL, Life
from tests.slack.screens.desk import MONDAY, NEXT
from tests.slack.talk import Talk, labels_of, shown

NORA, ASHA = "U01NORA", "U03ASHA"
TEAM = "T01NORTHWIND"
MAY_NOT = "Only workspace admins and coach admins can {}."
GOOD = {
    form.DAY: "3", form.TIME: "16:00", form.QUIET_FROM: "22:00", form.QUIET_TO: "07:30", form.BUDGET: "3",
    form.CHANNEL: "C02PLATFORM", form.WHO: "members",
}  # fmt: skip


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


async def test_the_desk_of_five_opted_in_members_shows_only_about_five(talk: Callable[..., Talk], bot: Bot) -> None:
    everybody = [Somebody("devops-engineer", weekly=True, learned=["cost-spikes"], done=["a"])] * 5
    await bot.services.store.write(settle_in, everybody, TEAM)
    said = await talk(NORA).does("/roleshift team")
    assert "*Members*\nabout 5" in said
    assert "The other figures come when about 15 members have used me." in said
    assert said.count("about 5") == 2, "in the title, and the number of members"
    assert "Where help is needed" not in said


async def test_a_skill_that_nearly_all_know_is_shown_without_telling_who_is_left(
    talk: Callable[..., Talk], bot: Bot
) -> None:
    everybody = [Somebody("devops-engineer", weekly=True, learned=["cost-spikes"])] * 20
    await bot.services.store.write(settle_in, everybody, TEAM)
    said = await talk(NORA).does("/roleshift team")
    assert "*With weekly tips*\nabout 15 or more" in said
    assert "(DevOps Engineer: about 15 or more)" in said
    assert said.count("about 20") == 2, "in the title, and the number of members"


async def test_opening_the_desk_stores_nothing_about_the_admin(talk: Callable[..., Talk], tmp_path: Path) -> None:
    await talk(NORA).does("/roleshift team")
    assert rows_about(tmp_path, NORA) == []


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


def acts_in(folder: Path) -> list[tuple[str, ...]]:
    """Return the rows of the audit, but for those that tell who read the desk."""
    return [row for row in every_row(folder) if row[0] == "audit" and row[4] != "desk read"]


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


# *Settings*.


async def opened(talk: Talk) -> None:
    await talk.does("/roleshift team")
    await talk.does("[Settings]")


def sent(**fields: object) -> str:
    """Return the step of a conversation that fills in the form."""
    return "(" + " ".join(f"{name.replace('_', '-')}={value}" for name, value in fields.items()) + ")"


async def test_saved_settings_are_shown_and_hold_for_later_opt_ins(talk: Callable[..., Talk]) -> None:
    nora = talk(NORA)
    await opened(nora)
    said = await submitted(nora, GOOD)
    for words in (
        "Weekly tips: Thursdays 16:00, unless a member chose another time", "Quiet: 22:00 to 07:30, and weekends",
        "Direct messages: 3 a week at most", "Challenges are started by every member, first offered in <#C02PLATFORM>",
    ):  # fmt: skip
        assert words in said
    assert "Weekly tips are on: Thursdays 16:00, Berlin." in await talk(EMIL).does("/roleshift tips on")


async def submitted(who: Talk, fields: dict[str, str]) -> str:
    (view,) = who.slack.workspace.screens.stacks[who.who]
    outcome = await who.slack.submit(who.who, view, fields)
    assert outcome.view is not None
    return "\n".join(outcome.errors.values()) or shown("", outcome.view.blocks)


async def test_the_settings_form_opens_with_the_saved_values(talk: Callable[..., Talk], slack: StandIn) -> None:
    nora = talk(NORA)
    await opened(nora)
    await submitted(nora, GOOD)
    await slack.close(NORA, slack.workspace.screens.stacks[NORA][0])
    await opened(nora)
    said = await submitted(nora, {})
    assert "Thursdays 16:00" in said
    assert "<#C02PLATFORM>" in said
    assert "every member" in said


async def test_each_change_of_settings_is_audited_with_its_admin(talk: Callable[..., Talk], tmp_path: Path) -> None:
    nora = talk(NORA)
    await opened(nora)
    await submitted(nora, {form.BUDGET: "1"})
    (act,) = acts_in(tmp_path)
    assert list(act[4:]) == ["settings changed", NORA, None, "weekly budget"]


async def test_quiet_hours_without_a_free_hour_are_refused_at_the_field_and_the_input_is_kept(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path
) -> None:
    nora = talk(NORA)
    await opened(nora)
    wrong = await submitted(nora, GOOD | {form.QUIET_FROM: "08:00", form.QUIET_TO: "07:30"})
    assert wrong == "That leaves less than an hour a day. Make the quiet hours shorter."
    (view,) = slack.workspace.screens.stacks[NORA]
    assert view.state[form.TIME][form.TIME]["selected_time"] == "16:00"
    assert acts_in(tmp_path) == []
    assert "Quiet: 08:00 to 07:00" in await submitted(nora, {form.QUIET_TO: "07:00"})


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        (form.DAY, "7", "Pick a day."),
        (form.DAY, "", "Pick a day."),
        (form.TIME, "25:99", "I need a time like 09:30 (24 h)."),
        (form.TIME, "", "I need a time like 09:30 (24 h)."),
        (form.QUIET_FROM, "9pm-ish", "I need a time like 09:30 (24 h)."),
        (form.QUIET_TO, "24:00", "I need a time like 09:30 (24 h)."),
        (form.BUDGET, "0", "Pick one to five a week."),
        (form.BUDGET, "6", "Pick one to five a week."),
        (form.BUDGET, "many", "Pick one to five a week."),
        (form.CHANNEL, "general", "Pick a public channel, or none."),
        (form.CHANNEL, "D02EMIL", "Pick a public channel, or none."),
        (form.WHO, "everybody", "Pick one."),
    ],
)
def test_a_value_that_the_form_does_not_offer_is_refused_at_its_field(field: str, wrong: str, said: str) -> None:
    with pytest.raises(FieldError, match=re.escape(said)) as refused:
        form.read(GOOD | {field: wrong})
    assert refused.value.field == field


def test_a_form_without_a_channel_is_read() -> None:
    assert form.read(GOOD | {form.CHANNEL: ""}).challenge_channel is None
    assert form.read({name: value for name, value in GOOD.items() if name != form.CHANNEL}).challenge_channel is None


async def test_an_admin_who_loses_the_right_while_the_form_is_open_stores_nothing(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path
) -> None:
    nora = talk(NORA)
    await opened(nora)
    before = list(every_row(tmp_path))
    slack.workspace.change_person(NORA, kind="member")
    assert MAY_NOT.format("change the team's settings") in await submitted(nora, GOOD)
    assert [row for row in every_row(tmp_path) if row[4:5] != ("denied",)] == before


async def test_nothing_changes_if_slack_does_not_say_who_is_an_admin(
    talk: Callable[..., Talk], slack: StandIn, tmp_path: Path
) -> None:
    nora = talk(NORA)
    await opened(nora)
    slack.faults.add(refuse("users.info", error="internal_error"))
    assert "Nothing was changed." in await submitted(nora, GOOD)
    assert acts_in(tmp_path) == []


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
