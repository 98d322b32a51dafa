"""Each fault affects Slack's SDK as a real failure does, and the record shows what took effect."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.faults import How, Limits, delay, drop, limit, lose
from tests.driver.standin import StandIn

EMIL, NORA = "U02EMIL", "U01NORA"
POST = "chat.postMessage"
WAYS: list[How] = ["close", "reset", "half", "html", "empty", "status", "hang"]


async def try_post(client: AsyncWebClient, channel: str = EMIL) -> BaseException | None:
    try:
        async with asyncio.timeout(0.3):  # so long a client waits for an answer that never comes
            await client.chat_postMessage(channel=channel, text="Hello")
    except (aiohttp.ClientError, SlackApiError, TimeoutError, ValueError) as error:
        return error
    return None


async def test_a_lost_answer_follows_a_post_that_was_made(slack: StandIn, client: AsyncWebClient) -> None:
    for number, how in enumerate(WAYS):
        slack.faults.add(lose(POST, how=how))
        assert await try_post(client) is not None, how
        assert len(slack.posts) == 2 * number + 1, how
        assert await try_post(client) is None, how


async def test_a_dropped_request_was_never_made(slack: StandIn, client: AsyncWebClient) -> None:
    for how in WAYS:
        slack.faults.add(drop(POST, how=how))
        assert await try_post(client) is not None, how
    assert slack.posts == []


async def test_a_delay_holds_a_call_before_or_after_it_took_effect(slack: StandIn, client: AsyncWebClient) -> None:
    slack.faults.add(delay(POST, seconds=30))
    assert isinstance(await try_post(client), TimeoutError)
    assert slack.posts == []
    slack.faults.add(delay(POST, seconds=30, when="after"))
    assert isinstance(await try_post(client), TimeoutError)
    assert len(slack.posts) == 1


async def test_a_call_before_retry_after_has_ended_is_counted(slack: StandIn, client: AsyncWebClient) -> None:
    slack.faults.add(limit(POST, seconds=30))
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=EMIL, text="Hello")
        assert caught.value.response.status_code == 429
        assert caught.value.response["error"] == "ratelimited"
        assert caught.value.response.headers["Retry-After"] == "30"
    assert slack.limits.early == [(slack.workspace.id, POST)]
    await client.auth_test()


def test_the_limits_are_buckets_that_refill() -> None:
    now = 0.0
    limits = Limits(per_minute=60, per_channel_second=1, burst=3, now=lambda: now)
    assert [limits.retry_after("T", POST, f"C{n}") for n in range(4)] == [None, None, None, 1]
    assert limits.retry_after("T2", POST, "C0") is None, "another workspace has a limit of its own"
    assert limits.retry_after("T", "users.info", None) is None, "so has another method"
    assert limits.early == []
    now = 0.5
    assert limits.retry_after("T", POST, "C9") == 1
    assert limits.early == [("T", POST)]
    now = 1.0
    assert limits.retry_after("T", POST, "C9") is None
    assert (limits.limited, len(limits.early)) == (2, 1)
