"""Each fault affects Slack's SDK as a real failure does, and the record shows what took effect."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.emulator.faults import Fault, How, When, delay, drop, kill, limit, lose, refuse
from bot.playground.emulator.limits import Limits
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


@pytest.mark.parametrize("how", WAYS)
async def test_a_lost_answer_follows_a_post_that_was_made(slack: StandIn, client: AsyncWebClient, how: How) -> None:
    slack.faults.add(lose(POST, how=how))
    assert await try_post(client) is not None
    assert len(slack.posts) == 1
    assert await try_post(client) is None
    assert len(slack.posts) == 2


@pytest.mark.parametrize("how", WAYS)
async def test_a_dropped_request_was_never_made(slack: StandIn, client: AsyncWebClient, how: How) -> None:
    slack.faults.add(drop(POST, how=how))
    assert await try_post(client) is not None
    assert slack.posts == []


async def test_the_sdks_default_retry_posts_twice(slack: StandIn) -> None:
    """This is why the bot's client has no retry handlers."""
    slack.faults.add(lose(POST, how="close"))
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    await client.chat_postMessage(channel=EMIL, text="Hello")
    assert len(slack.posts) == 2


async def test_a_named_error_is_answered_and_nothing_is_posted(slack: StandIn, client: AsyncWebClient) -> None:
    slack.faults.add(refuse(POST, error="message_limit_exceeded", times=None))
    for _ in range(2):
        with pytest.raises(SlackApiError, match="message_limit_exceeded"):
            await client.chat_postMessage(channel=EMIL, text="Hello")
    await client.auth_test()
    slack.faults.clear()
    await client.chat_postMessage(channel=EMIL, text="Hello")
    assert len(slack.posts) == 1


async def test_a_fault_may_befall_one_person_alone(slack: StandIn, client: AsyncWebClient) -> None:
    slack.faults.add(Fault("refuse", (POST,), error="user_disabled", person=EMIL, times=None))
    dm = slack.workspace.dm(EMIL).id
    for channel in (EMIL, dm):
        with pytest.raises(SlackApiError, match="user_disabled"):
            await client.chat_postMessage(channel=channel, text="Hello")
    await client.chat_postMessage(channel=NORA, text="Hello")


async def test_a_fault_may_skip_some_calls_and_strike_by_chance(slack: StandIn, client: AsyncWebClient) -> None:
    slack.faults.add(Fault("refuse", (POST,), error="internal_error", skip=2))
    assert [await try_post(client) is None for _ in range(4)] == [True, True, False, True]
    struck = []
    for _ in range(2):
        slack.faults.random.seed(7)
        slack.faults.clear()
        slack.faults.add(Fault("refuse", (POST,), error="internal_error", chance=0.5, times=None))
        struck.append([await try_post(client) is None for _ in range(10)])
    assert struck[0] == struck[1]
    assert len(set(struck[0])) == 2


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


async def test_response_urls_fail_too(slack: StandIn) -> None:
    secret = slack.workspace.one_time_tokens.url(EMIL, "C01GENERAL")
    slack.faults.add(lose("response_url", how="status"))
    async with aiohttp.ClientSession() as session:
        url = f"{slack.url}/response/{slack.workspace.id}/{secret}"
        async with session.post(url, json={"text": "Hello"}) as answer:
            assert answer.status == 503
    assert [post.method for post in slack.posts] == ["response_url"]


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


def test_a_channel_takes_a_burst_and_then_one_a_second() -> None:
    now = 100.0
    limits = Limits(per_channel_second=1, burst=2, now=lambda: now)
    assert [limits.retry_after("T", POST, "C1") for _ in range(3)] == [None, None, 1]
    assert limits.retry_after("T", POST, "C2") is None
    now = 101.0
    assert limits.retry_after("T", POST, "C1") is None


POSTER = """
import asyncio, sys
from slack_sdk.web.async_client import AsyncWebClient
async def main():
    client = AsyncWebClient(token=sys.argv[2], base_url=sys.argv[1], retry_handlers=[])
    for n in range(3):
        await client.chat_postMessage(channel="U02EMIL", text=f"{n}")
asyncio.run(main())
"""


@pytest.mark.parametrize(("when", "posts"), [("before", ["0"]), ("during", ["0", "1"]), ("after", ["0", "1"])])
async def test_a_process_is_killed_at_its_second_post(slack: StandIn, when: When, posts: list[str]) -> None:
    slack.faults.add(kill(POST, when=when, skip=1))
    poster = await asyncio.create_subprocess_exec(sys.executable, "-c", POSTER, slack.api_url, slack.bot_token)
    slack.faults.pid = poster.pid
    assert await poster.wait() == -signal.SIGKILL
    assert [post.text for post in slack.posts] == posts
    assert slack.faults.kills == 1


@asynccontextmanager
async def own_process(*arguments: str) -> AsyncIterator[dict[str, Any]]:
    """Start an emulator in a process of its own, and yield what its first line says."""
    command = (sys.executable, "-m", "tests.driver", *arguments)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    yield json.loads(await process.stdout.readline())
    process.terminate()
    assert await process.wait() == 0


async def test_a_stand_in_of_its_own_is_controlled_over_http() -> None:
    async with own_process("--control", "--workspaces=2", "--members=3") as where:
        client = AsyncWebClient(token=where["bot_tokens"]["T1"], base_url=where["environment"]["SLACK_API_URL"])
        async with aiohttp.ClientSession(where["url"]) as session:
            faults = {"faults": [{"what": "refuse", "methods": [POST], "error": "fatal_error"}], "seed": 3}
            async with session.post("/control/faults", json=faults | {"limits": {"per_minute": 600}}) as answer:
                assert await answer.json() == {"ok": True}
            with pytest.raises(SlackApiError, match="fatal_error"):
                await client.chat_postMessage(channel="U0000001", text="One")
            await client.chat_postMessage(channel="U0000001", text="Two")
            async with session.get("/control/posts?since=0") as answer:
                read = await answer.json()
            assert [(post["workspace"], post["text"]) for post in read["posts"]] == [("T1", "Two")]
            assert read["counts"] == {"early": 0, "limited": 0, "kills": 0}
            act = {"workspace": "T1", "act": "command", "arguments": {"person_id": "U0000001", "line": "/roleshift"}}
            async with session.post("/control/act", json=act) as answer:
                assert (await answer.json())["saw"]["toast"] == "roleshift did not respond"
            async with session.post("/control/faults", json={"faults": [{"what": "refuse", "who": 1}]}) as answer:
                assert answer.status == 400


async def test_control_is_closed_unless_asked_for(slack: StandIn) -> None:
    async with aiohttp.ClientSession(slack.url) as session, session.get("/control/posts") as answer:
        assert answer.status == 404
