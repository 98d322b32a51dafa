"""A team that arrives at once: at the rate limit of `users.info`, the bot reads the list of everybody."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground.emulator.faults import Fault, Limits, drop, limit, refuse
from bot.run.app import Bot
from bot.store.schema import workspace
from tests.driver.standin import StandIn
from tests.running import every_row, rows_about
from tests.slack.talk import Talks
from tests.slack.test_strangers import GUEST, OUTSIDER, ROOM, SAID

NORA, EMIL, ASHA, KENJI, MARTA, BOT = "U01NORA", "U02EMIL", "U03ASHA", "U04KENJI", "U12MARTA", "U22AROHA"
LEARN, LEARNED = "/roleshift learn cost spikes", "Done: *Catch cost spikes early*"
REFUSED = "Nothing was changed. Try again in a minute."
ABOUT_ONE, ABOUT_ALL = "users.info", "users.list"


@pytest.fixture
def asked(slack: StandIn) -> Callable[[str], int]:
    counters = {method: Fault("delay", (method,), times=None) for method in (ABOUT_ONE, ABOUT_ALL)}
    slack.faults.add(*counters.values())
    return lambda method: counters[method].struck


@pytest.fixture
def patient(slack: StandIn) -> None:
    """Limit `users.info` to one call a minute."""
    slack.limits = Limits(per_minute=1, burst=1, methods=(ABOUT_ONE,))


async def test_a_team_that_arrives_at_once_is_met_with_one_users_list(
    slack: StandIn, bot: Bot, asked: Callable[[str], int], tmp_path: Path
) -> None:
    slack.limits = Limits(per_minute=1, burst=5, methods=(ABOUT_ONE,))
    team = [person.id for person in slack.workspace.people.values() if person.kind in {"owner", "member"}]
    said = await asyncio.gather(*(slack.command(who, LEARN, ROOM) for who in team))
    assert len(team) == 24
    assert all(LEARNED in outcome.text for outcome in said)
    assert (asked(ABOUT_ONE), asked(ABOUT_ALL)) == (5, 1)
    assert {row[2] for row in every_row(tmp_path) if row[0] == "member"} == set(team)
    assert bot.services.people._known == {(slack.workspace.id, who) for who in team}


@pytest.mark.usefixtures("patient")
async def test_the_list_says_who_may_not_be_coached_and_never_who_is_an_admin(
    talk: Talks, slack: StandIn, bot: Bot, asked: Callable[[str], int], tmp_path: Path
) -> None:
    slack.workspace.change_person(KENJI, deleted=True)
    slack.workspace.change_person(BOT, kind="bot")
    for who in (EMIL, ASHA):
        assert LEARNED in await talk(who, ROOM).does(LEARN)
    for who in (GUEST, OUTSIDER, KENJI, BOT):
        assert (await talk(who, ROOM).does(LEARN)).startswith(SAID)
    listed = bot.services.people.directory(slack.workspace.id).listed
    assert not any(profile.name or profile.is_admin for profile in listed.values())
    await slack.change_person(MARTA, kind="guest")
    assert (await talk(MARTA, ROOM).does(LEARN)).startswith(REFUSED), "what changed is not on the list any more"
    assert {row[2] for row in every_row(tmp_path) if row[0] == "member"} == {EMIL, ASHA}
    before, slack.limits = asked(ABOUT_ONE), Limits()
    assert "Only workspace admins" not in await talk(NORA, ROOM).does("/roleshift challenge new")
    slack.workspace.change_person(NORA, kind="member")
    assert "Only workspace admins" in await talk(NORA, ROOM).does("/roleshift challenge new")
    assert asked(ABOUT_ONE) == before + 2


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("fault", [limit(ABOUT_ALL, seconds=60), drop(ABOUT_ALL, how="html")], ids=lambda f: f.what)
async def test_if_the_list_fails_too_nothing_changes_and_slack_is_left_alone(
    talk: Talks, slack: StandIn, asked: Callable[[str], int], tmp_path: Path, fault: Fault
) -> None:
    slack.faults.add(fault)
    assert LEARNED in await talk(EMIL, ROOM).does(LEARN)
    for who in (ASHA, KENJI, ASHA):
        assert (await talk(who, ROOM).does(LEARN)).startswith(REFUSED)
        assert rows_about(tmp_path, who) == []
    assert fault.struck == 1
    assert asked(ABOUT_ONE) == 1
    assert slack.limits.early == []


async def test_a_request_that_finds_the_token_refused_has_slack_asked_about_it(
    talk: Talks, slack: StandIn, bot: Bot
) -> None:
    slack.faults.add(refuse(ABOUT_ONE, error="token_revoked"))
    assert (await talk(EMIL, ROOM).does(LEARN)).startswith(REFUSED)
    await bot.edge.background.drain(1)
    asked_about = await bot.services.store.read(lambda tx: tx.scalars(select(workspace.c.ask_at)).one())
    assert asked_about is not None
