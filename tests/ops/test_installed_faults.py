"""Faults of a bot that many workspaces installed: in the keys, in the tokens, in the client secret."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.coach import installing
from bot.core.installation import Installation
from bot.ops import slack_side as checks
from bot.ops.findings import Level, as_text, exit_code
from bot.playground.demo.sample import sample
from bot.playground.emulator.faults import Fault
from bot.playground.emulator.oauth import ORGANISATION
from bot.store import Store, doubts, installations
from bot.token_keys import TokenKeys
from tests.driver.apps import roleshift
from tests.driver.standin import StandIn
from tests.ops.world import about, checked
from tests.running import KEY, bot_for_many
from tests.slack.visitor import Visitor

NORTH, SOUTH = "T01NORTHWIND", "T02SOUTHWIND"
HOUR = timedelta(hours=1)


@dataclass
class Many:
    """A bot that two workspaces installed through OAuth."""

    slack: StandIn
    patch: pytest.MonkeyPatch
    store: Store


@pytest.fixture
async def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Many]:
    monkeypatch.chdir(tmp_path)
    southwind = replace(sample(), id=SOUTH, name="Southwind")
    async with bot_for_many(tmp_path, sample(), southwind) as (slack, bot, address), Visitor.at(address) as browser:
        for workspace_id in (NORTH, SOUTH):
            await browser.install(workspace_id)
        environment = slack.oauth_environment(address)
        for name, value in (environment | {"ROLESHIFT_TOKEN_KEYS": KEY, "DATABASE_URL": "sqlite:///bot.db"}).items():
            monkeypatch.setenv(name, value)
        yield Many(slack, monkeypatch, bot.services.store)


async def refused(many: Many, workspace_id: str) -> None:
    """Record that Slack refused the token when the worker asked."""
    now = datetime.now(UTC)
    await many.store.write(doubts.doubt, workspace_id, now)
    await many.store.write(doubts.take, now, now + HOUR, 1)
    await many.store.write(doubts.refused, workspace_id, now + HOUR, "account_inactive", now)


async def test_an_organisation_that_uses_the_bot_nowhere_yet_is_named(many: Many) -> None:
    many.slack.hub.oauth.has_organisation = True
    async with Visitor.at(os.environ["ROLESHIFT_PUBLIC_URL"]) as browser:
        await browser.install(ORGANISATION)
    found = about(await checked(), "installed workspaces")
    assert (found.level, found.says) == (Level.WARNING, f"{ORGANISATION}: Installed, and not yet in any workspace.")


@pytest.mark.usefixtures("many")
async def test_all_is_well_with_many_workspaces() -> None:
    found = await checked()
    assert exit_code(found) == 0, as_text(found)
    assert about(found, "installed workspaces").says == "Slack accepts the tokens of 2 workspaces."
    assert about(found, "client secret").level is about(found, "public address").level is Level.OK


async def test_before_the_first_workspace_the_page_to_install_is_named(many: Many) -> None:
    many.patch.setenv("DATABASE_URL", "sqlite:///new.db")
    for _ in ("without tables", "with them"):
        found = await checked()
        assert exit_code(found) == 0, as_text(found)
        assert "/slack/install" in about(found, "installed workspaces").says
        assert "Fix the database" not in as_text(found)
        assert await asyncio.to_thread(main, ["migrate"]) == 0


def environment(name: str, value: str) -> Callable[[Many], None]:
    return lambda many: many.patch.setenv(name, value)


def an_app_that_one_workspace_removed(many: Many) -> None:
    many.slack.hub.oauth.remove(many.slack.workspaces[SOUTH])


def a_scope_that_one_workspace_declined(many: Many) -> None:
    many.slack.workspaces[SOUTH].scopes = roleshift().scopes - {"app_mentions:read"}


KEYS, SECRET = "ROLESHIFT_TOKEN_KEYS", environment("SLACK_CLIENT_SECRET", "0" * 32)
LOST_KEY, OTHER_KEY = (environment(KEYS, f"{key}:{'B' * 43}") for key in ("k2", "k1"))
FAULTS_OF_MANY: list[tuple[Callable[[Many], None], str, Level, str, str]] = [
    (LOST_KEY, "token keys", Level.FAULT, "lacks `k1`, under which tokens of 2 workspaces", "behind the first"),
    (OTHER_KEY, "token keys", Level.FAULT, "`k1` does not decrypt the tokens of 2", "had this id"),
    (SECRET, "client secret", Level.FAULT, "bad_client_secret", "App Credentials"),
    (an_app_that_one_workspace_removed, "installed workspaces", Level.WARNING, f"{SOUTH}: The app was", "anew"),
    (a_scope_that_one_workspace_declined, "scopes", Level.WARNING, f"{SOUTH}: `app_mentions:read` is not", "anew"),
]


@pytest.mark.parametrize(("breaks", "part", "level", "says", "fix"), FAULTS_OF_MANY)
async def test_each_fault_of_a_bot_for_many_is_found(
    many: Many, breaks: Callable[[Many], None], part: str, level: Level, says: str, fix: str
) -> None:
    breaks(many)
    found = await checked()
    finding = about(found, part)
    assert finding.level is level, as_text(found)
    assert says in finding.says
    assert fix in finding.fix
    assert [each.part for each in found if each.fix] == [part], "nothing else is blamed"


async def test_a_workspace_whose_token_slack_refused_is_tried_first(many: Many) -> None:
    many.patch.setattr(checks, "MAX_TRIED", 1)
    an_app_that_one_workspace_removed(many)
    await refused(many, SOUTH)
    for _ in range(5):  # by chance, in one of thirty
        found = [each for each in await checked() if each.part == "installed workspaces"]
        assert [each.level for each in found] == [Level.WARNING, Level.OK]
        assert found[0].says.startswith(SOUTH)
        assert "tried 1 of 2: those that it refused before, then others at random" in found[1].says


async def test_a_workspace_that_is_silent_although_slack_accepts_its_token_is_named(many: Many) -> None:
    await refused(many, SOUTH)
    found = [each for each in await checked() if each.part == "installed workspaces"]
    assert [each.level for each in found] == [Level.OK, Level.WARNING]
    assert found[1].says.startswith(f"{SOUTH}: Nothing is sent there since Slack refused the token (account_inactive)")
    assert "asks Slack again" in found[1].fix


async def test_a_rate_limit_is_not_taken_for_a_refused_token(many: Many) -> None:
    many.slack.faults.add(Fault("limit", ("auth.test",), seconds=1, workspace=SOUTH))
    found = next(each for each in await checked() if each.part == "installed workspaces")
    assert found.says == f"{SOUTH}: Slack did not answer (rate limit)."
    assert found.fix.startswith("Run the check again")


async def test_a_lost_refresh_token_is_named(many: Many) -> None:
    now = datetime.now(UTC)
    sealed = TokenKeys(KEY).seal("T3LOST", "xoxe.xoxb-1", "xoxe-1")
    lost = Installation("T3LOST", now, "UBOT", frozenset(), sealed, now + HOUR)
    await many.store.write(installing.install, lost, now)
    await many.store.write(installations.claim_refresh, "T3LOST", now + 2 * HOUR, "claim", 60.0)
    await many.store.write(installing.refresh_refused, "T3LOST", "claim", "https://bot.example/slack/install", now)
    found = next(each for each in await checked() if "refresh token" in each.says)
    assert found.says == f"T3LOST: The refresh token was lost. The token works until {now + HOUR:%d %B %H:%M} UTC."
    assert "Install the app there anew" in found.fix
