"""The refresh of tokens that Slack rotates: what is repeated, what is kept, and who is told when a token was lost."""

import asyncio
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import update

from bot.coach import installing
from bot.core.errors import NothingChanged
from bot.core.installation import Installation
from bot.core.outcomes import NotYet
from bot.playground.emulator.faults import drop, limit, lose, refuse
from bot.playground.emulator.oauth import GRACE
from bot.slack import installed_workspaces, web_client
from bot.store import installations, schema
from bot.token_keys import TokenKeys
from jobs import once
from tests.running import KEY
from tests.slack.visitor import EMIL, HOUR, METRICS_TOKEN, NORTH, Installed, Visitor

NORA = "U01NORA"  # who installed it


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed_workspaces, "REFRESH_PAUSE", 0)


async def refresh(installed: Installed) -> None:
    await installed.first.refresh_due(asyncio.Event())


async def lease_ends(installed: Installed) -> None:
    """Let the lease of a refresh end, as if time passed by the database's clock."""
    over = update(schema.installation).values(refresh_until=0)
    await installed.bot.services.store.write(lambda tx: tx.execute(over))


async def is_refreshed(installed: Installed) -> bool:
    """Return whether the stored token works in Slack, and the stored refresh token was never used."""
    found = await installed.bot.services.store.read(installations.find, NORTH)
    assert found is not None
    installed.first.disconnect(NORTH)
    assert (await installed.bot.services.gateway.for_workspace(NORTH).profile(EMIL)).coachable
    return found.expires_at is not None and found.expires_at - installed.slack.clock() > 11 * HOUR


async def dies_after_slacks_answer(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refresh in a process that ends between Slack's answer and the commit."""
    with monkeypatch.context() as patch:
        patch.setattr(installed_workspaces.InstalledWorkspaces, "_keep", Mock(side_effect=SystemExit))
        with pytest.raises(SystemExit):
            await installed.another().refresh(NORTH, installed.slack.clock() + 12 * HOUR)


async def test_a_refresh_whose_answer_is_lost_is_repeated_at_once(installed: Installed) -> None:
    for loses in (drop, lose):
        installed.slack.clock.advance(7 * HOUR)
        installed.slack.faults.add(loses("oauth.v2.access"))
        await refresh(installed)
        assert await is_refreshed(installed)


async def install_others(installed: Installed, count: int) -> None:
    """Store installations whose tokens Slack does not know."""
    now = installed.slack.clock()
    for number in range(count):
        sealed = TokenKeys(KEY).seal(f"T{number}", "xoxb-any", "xoxe-any")
        granted = Installation(f"T{number}", now, "U0BOT", frozenset(), sealed, now + HOUR)
        await installed.bot.services.store.write(installing.install, granted, now)


async def test_at_the_rate_limit_no_process_refreshes_any_token_until_slack_allows_it(installed: Installed) -> None:
    await install_others(installed, 3)
    installed.slack.clock.advance(7 * HOUR)
    installed.slack.faults.add(fault := limit("oauth.v2.access", seconds=30, times=None))
    for process in (installed.first, installed.another()):
        await process.refresh_due(asyncio.Event())
    assert (fault.struck, installed.slack.limits.early) == (1, [])
    assert not await is_refreshed(installed), "the old token works for hours"
    async with Visitor.at(installed.address) as browser:
        assert (await browser.install(NORTH)).title == "Slack does not answer"
    assert fault.struck == 1, "the limit is that of the whole app"


async def test_a_few_tokens_are_refreshed_at_a_time(installed: Installed) -> None:
    await install_others(installed, 20)
    installed.slack.faults.add(fault := refuse("oauth.v2.access", error="bad_client_secret", times=None))
    await refresh(installed)
    assert fault.struck <= 5
    installed.slack.faults.clear()
    installed.slack.clock.advance(7 * HOUR)
    for _ in range(5):  # those that fail do not keep it waiting
        await refresh(installed)
    assert await is_refreshed(installed)


@pytest.mark.parametrize(
    "other", [{"team_id": "T0OTHER"}, {"enterprise_id": "E2"}, {"team_id": None, "is_enterprise_install": True}]
)
async def test_a_token_of_another_workspace_is_refused_and_reported(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, other: dict[str, Any]
) -> None:
    ask, before = installed.first.app.refresh, await installed.first.current(NORTH)

    async def answer_for_another(refresh_token: str) -> object:
        grant = await ask(refresh_token)
        vars(grant).update(other)
        return grant

    of_organisation = update(schema.installation).values(enterprise_id="E1")
    await installed.bot.services.store.write(lambda tx: tx.execute(of_organisation))
    installed.slack.clock.advance(7 * HOUR)
    monkeypatch.setattr(installed.first.app, "refresh", answer_for_another)
    await refresh(installed)
    installed.first.disconnect(NORTH)
    assert await installed.first.current(NORTH) == before
    (told,) = [record for record in caplog.records if record.message == "token.not_refreshed"]
    assert (told.levelname, told.__dict__["reason"]) == ("ERROR", "other_workspace")


async def test_a_token_that_slack_revoked_while_another_process_refreshes_ends_nothing(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.slack.clock.advance(7 * HOUR)
    for _ in range(2):  # the second new token ends the first one
        await dies_after_slacks_answer(installed, monkeypatch)
        await lease_ends(installed)
    before, store = installed.slack.clock() + 12 * HOUR, installed.bot.services.store
    assert await store.write(installations.claim_refresh, NORTH, before, "other", 60.0) is not None
    gateway = installed.bot.services.gateway.for_workspace(NORTH)
    with pytest.raises(NothingChanged) as refused:
        await gateway.client.auth_test()
    assert isinstance(web_client.read_failure(refused.value, to_member=True), NotYet), "what is to be sent waits"
    await lease_ends(installed)
    assert (await gateway.profile(EMIL)).coachable, "the call whose token is refused refreshes it"
    assert await is_refreshed(installed)


async def test_one_wrong_answer_costs_no_refresh_token(installed: Installed) -> None:
    installed.slack.clock.advance(7 * HOUR)
    for wrong in ("account_inactive", "token_revoked", "bad_client_secret"):
        installed.slack.faults.add(refuse("oauth.v2.access", error=wrong))
        await refresh(installed)
        assert not await is_refreshed(installed)
        await lease_ends(installed)
    await refresh(installed)
    assert await is_refreshed(installed)


async def lose_the_refresh_token(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    installed.slack.clock.advance(7 * HOUR)
    await dies_after_slacks_answer(installed, monkeypatch)
    await lease_ends(installed)
    installed.slack.clock.advance(GRACE)
    await refresh(installed)


async def test_who_installed_the_bot_is_told_that_a_refresh_token_is_lost_until_they_install_it_anew(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    services, slack = installed.bot.services, installed.slack
    await lose_the_refresh_token(installed, monkeypatch)
    assert len(await services.store.read(installations.lost)) == 1
    (told,) = [vars(record) for record in caplog.records if record.message == "token.not_refreshed"]
    assert (told["levelname"], told["workspace_id"], told["reason"]) == ("ERROR", NORTH, "invalid_refresh_token")
    async with Visitor.at(installed.address) as browser:
        browser.session.headers["Authorization"] = f"Bearer {METRICS_TOKEN}"
        metrics = (await browser.get(f"{installed.address}/metrics")).text
    assert "\nroleshift_workspaces_to_install_anew 1.0\n" in metrics
    await once(services)
    (asked,) = [each for each in slack.posts if "install me again" in each.text]
    assert asked.person == NORA
    assert f"{installed.address}/slack/install" in str(asked.blocks)
    await installed.install()
    assert await services.store.read(installations.lost) == []
