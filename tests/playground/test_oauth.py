"""OAuth is as strict as Slack: each code and refresh token works once, for the app that asked, and tokens end."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from bolt_app import error_of
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.oauth import CODE_LIFE, GRACE, TOKEN_LIFE
from tests.driver.apps import listening_app
from tests.driver.standin import StandIn

BACK = "https://coach.example.org/back"
ASKED = frozenset({"commands", "users:read"})
OWNER = "U01NORA"


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    app = replace(
        listening_app(), redirect_urls=(BACK,), optional_scopes=frozenset({"users:read"}), token_rotation=True
    )
    async with StandIn(app=app) as slack:
        yield slack


def allowed(slack: StandIn) -> str:
    return slack.hub.oauth.allow(slack.workspace, OWNER, ASKED, BACK)


async def access(slack: StandIn, **given: str) -> dict[str, Any]:
    client = AsyncWebClient(base_url=slack.api_url)
    identity = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    answer = await client.api_call("oauth.v2.access", data=identity | {"redirect_uri": BACK} | given)
    assert isinstance(answer.data, dict)
    return answer.data


async def refused(slack: StandIn, **given: str) -> str:
    return await error_of(access(slack, **given))


async def test_a_code_gives_a_token_once_and_within_ten_minutes(slack: StandIn) -> None:
    code = allowed(slack)
    granted = await access(slack, code=code)
    assert granted["token_type"] == "bot"
    assert (granted["team"]["id"], granted["bot_user_id"]) == (slack.workspace.id, slack.workspace.bot_user)
    assert set(granted["scope"].split(",")) == ASKED
    me = await AsyncWebClient(granted["access_token"], base_url=slack.api_url).auth_test()
    assert (me["team_id"], me.headers["X-OAuth-Scopes"]) == (slack.workspace.id, "commands,users:read")
    assert await refused(slack, code=code) == "code_already_used"
    late = allowed(slack)
    slack.clock.advance(CODE_LIFE + timedelta(seconds=1))
    assert await refused(slack, code=late) == "invalid_code"


async def test_what_does_not_fit_is_refused(slack: StandIn) -> None:
    wrong: dict[str, dict[str, str]] = {
        "invalid_code": {"code": "wrong"},
        "invalid_client_id": {"client_id": "9.9"},
        "bad_client_secret": {"client_secret": "0" * 32},
        "bad_redirect_uri": {"redirect_uri": "https://elsewhere.example"},
        "invalid_refresh_token": {"grant_type": "refresh_token", "refresh_token": "wrong"},
    }
    for error, given in wrong.items():
        assert await refused(slack, **({"code": allowed(slack)} | given)) == error


async def test_a_refresh_token_works_once_and_tokens_end(slack: StandIn) -> None:
    first = await access(slack, code=allowed(slack))
    second = await refreshed(slack, first)
    slack.clock.advance(GRACE)
    again = await refused(slack, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again == "invalid_refresh_token"
    for granted in (first, second):
        assert (await AsyncWebClient(granted["access_token"], base_url=slack.api_url).auth_test())["ok"]
    slack.clock.advance(TOKEN_LIFE)
    assert await _error(slack, second["access_token"]) == "token_expired"
    third = await refreshed(slack, second)
    slack.hub.oauth.remove(slack.workspace)
    assert await _error(slack, third["access_token"]) == "account_inactive"
    assert await refused(slack, grant_type="refresh_token", refresh_token=third["refresh_token"]) == again


async def test_a_used_refresh_token_works_within_the_grace_period_and_two_tokens_are_active(slack: StandIn) -> None:
    first = await access(slack, code=allowed(slack))
    lost = await refreshed(slack, first)
    assert (await AsyncWebClient(first["access_token"], base_url=slack.api_url).auth_test())["ok"]
    third = await refreshed(slack, first)
    assert await _error(slack, first["access_token"]) == "token_revoked"
    for granted in (lost, third):
        assert (await AsyncWebClient(granted["access_token"], base_url=slack.api_url).auth_test())["ok"]


async def refreshed(slack: StandIn, before: dict[str, Any]) -> dict[str, Any]:
    return await access(slack, grant_type="refresh_token", refresh_token=before["refresh_token"])


async def _error(slack: StandIn, token: str) -> str:
    return await error_of(AsyncWebClient(token, base_url=slack.api_url).auth_test())


async def test_a_wrong_link_sends_nobody_anywhere(slack: StandIn) -> None:
    asked = {"client_id": slack.app.client_id, "scope": "commands,users:read", "redirect_uri": BACK, "state": "s"}
    address = f"{slack.url}/oauth/v2/authorize"
    async with aiohttp.ClientSession() as session:
        for changed, error in (
            ({"client_id": "9.9"}, "invalid_client_id"),
            ({"redirect_uri": "https://elsewhere.example/<b>"}, "bad_redirect_uri"),
            ({"redirect_uri": f"{BACK}wards"}, "bad_redirect_uri"),
            ({"scope": "commands,admin"}, "invalid_scope"),
        ):
            async with session.get(address, params=asked | changed, allow_redirects=False) as shown:
                assert (shown.status, error in await shown.text()) == (400, True)
            async with session.post(address, data=asked | changed, allow_redirects=False) as sent:
                assert (sent.status, "Location" in sent.headers) == (400, False)
        async with session.get(address, params=asked) as shown:
            assert shown.status == 200
