"""At its start the bot asks Slack whose token it has. It retries while Slack is down, but not after a refusal."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.core.errors import CommandError
from bot.playground.emulator.faults import Fault, Limits, drop, limit, refuse
from bot.playground.emulator.web_api import METHODS, Method, auth_test
from bot.run.app import start
from bot.slack import installation
from bot.slack.gateway import Gateway
from bot.slack.installation import OneWorkspace
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.running import settings_for

BAD_DAYS = {
    "503 with HTML": drop("auth.test", how="status"),
    "200 with HTML": drop("auth.test", how="html"),
    "an empty body": drop("auth.test", how="empty"),
    "half a body": drop("auth.test", how="half"),
    "a reset connection": drop("auth.test", how="reset"),
    "Slack's own fault": refuse("auth.test", error="internal_error"),
    "a workspace that is being moved": refuse("auth.test", error="team_added_to_org"),
}


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    async with StandIn() as slack:
        yield slack


@pytest.fixture
async def installed(slack: StandIn) -> AsyncIterator[OneWorkspace]:
    async with aiohttp.ClientSession() as session:
        yield OneWorkspace(Gateway(session, slack.api_url))


async def connected(installed: OneWorkspace, slack: StandIn, tell: Callable[[str], None] = print) -> str:
    return await installation.ask_patiently("SLACK_BOT_TOKEN", lambda: installed.connect(slack.bot_token), tell)


@pytest.fixture
def pauses(slack: StandIn, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses between the tries of a start, recorded instead of slept. After one, Slack limits nobody."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        slack.limits = Limits()

    monkeypatch.setattr(installation, "sleep", sleep)
    return pauses


async def test_a_bad_answer_at_the_start_is_retried(
    slack: StandIn, installed: OneWorkspace, pauses: list[float]
) -> None:
    async def check(fault: Fault) -> None:
        slack.faults.add(replace(fault, times=3, struck=0))
        pauses.clear()
        heard = list[str]()
        assert await connected(installed, slack, heard.append) == slack.workspace.id
        assert pauses == [1, 2, 4]
        assert [each.partition("(")[0] for each in heard] == ["Slack does not answer as it should "] * 3

    await try_every(BAD_DAYS, check)


async def test_a_start_waits_for_as_long_as_slack_asks_for(
    slack: StandIn, installed: OneWorkspace, pauses: list[float]
) -> None:
    slack.faults.add(limit("auth.test", seconds=7))
    assert await connected(installed, slack) == slack.workspace.id
    assert pauses == [7]


async def test_a_token_that_slack_refuses_is_not_tried_again(slack: StandIn, installed: OneWorkspace) -> None:
    for name in ("invalid_auth", "account_inactive", "token_revoked", "not_authed"):
        slack.faults.add(fault := refuse("auth.test", error=name))
        with pytest.raises(CommandError, match=rf"^Slack does not accept SLACK_BOT_TOKEN \({name}\)\.$"):
            await connected(installed, slack)
        assert fault.struck == 1


async def test_the_token_of_a_whole_organisation_is_refused_with_what_to_do(
    slack: StandIn, installed: OneWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS, "auth.test", Method(lambda call: auth_test(call) | {"is_enterprise_install": True}))
    with pytest.raises(CommandError, match="Set a token of one workspace"):
        await connected(installed, slack)
    assert installed.workspace_ids == ()


async def test_which_token_slack_refuses_is_said_and_the_token_is_not(
    slack: StandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for variable, token in (("SLACK_BOT_TOKEN", "xoxb-canary"), ("SLACK_APP_TOKEN", "xapp-1-A0-1-canary")):
        with pytest.raises(CommandError) as refused:
            async with start(settings_for(slack, tmp_path, **{variable: token})):
                pass
        assert str(refused.value) == f"Slack does not accept {variable} (invalid_auth)."
    assert "canary" not in caplog.text
