"""A member who floods the bot is slowed down; nobody else notices."""

import asyncio
import secrets
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from bot.core.member import MemberKey
from bot.run.app import Bot
from bot.slack import door
from jobs.deliver import deliver
from tests.driver.standin import StandIn
from tests.patience import LONG
from tests.running import bot_in, every_row
from tests.slack.talk import Talk

NORA, EMIL, NAMESAKE = MemberKey("T1", "U1"), MemberKey("T1", "U2"), MemberKey("T2", "U1")
FIRST, LAST = "U02EMIL", "U01NORA"
TOO_FAST = "That was too fast for me, so nothing was changed."


class Bench:
    """Buckets of 60 requests a minute, so 30 at once, on a clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.buckets = door.MemberBuckets(60, lambda: self.seconds)

    def passed(self, who: MemberKey, times: int) -> int:
        passed = 0
        for _ in range(times):
            with suppress(door.TooFast):
                self.buckets.check(who)
                passed += 1
        return passed


@pytest.fixture
def bench() -> Bench:
    return Bench()


def time_stands_still(bot: Bot) -> None:
    bot.edge._buckets._now = lambda: 0.0


def slowed() -> float:
    return REGISTRY.get_sample_value("roleshift_requests_slowed_total") or 0.0


def test_a_flood_gets_half_a_minutes_worth_at_once_and_then_the_rate_and_slows_nobody_else(bench: Bench) -> None:
    assert bench.passed(NORA, 10_000) == 30
    assert bench.passed(EMIL, 30) == bench.passed(NAMESAKE, 30) == 30
    bench.seconds += 10
    assert bench.passed(NORA, 10_000) == 10
    bench.seconds += 86_400
    assert bench.passed(NORA, 10_000) == 30, "a bucket never holds more than its size"


def test_a_member_is_told_at_once_and_then_every_ten_seconds(bench: Bench) -> None:
    bench.passed(NORA, 30)
    quiet = []
    for step in (0.0, 0.1, 0.1, 0.1, 10.0):
        bench.seconds += step
        bench.passed(NORA, int(step))  # what was filled meanwhile
        with pytest.raises(door.TooFast) as refused:
            bench.buckets.check(NORA)
        quiet.append(refused.value.quiet)
    assert quiet == [False, True, True, True, False]


def test_memory_is_bounded_and_a_crowd_elsewhere_does_not_refill_a_bucket(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MAX_BUCKETS", 500)
    bench.passed(NORA, 10_000)
    for number in range(499):
        bench.passed(MemberKey("T2", f"U{number}"), 1)
    assert bench.passed(NORA, 1) == 0, "members of another workspace pushed out this bucket"
    for number in range(500):
        bench.passed(MemberKey(f"T{number}", "U1"), 1)
    assert len(bench.buckets._buckets) == 500
    bench.seconds += 60
    bench.passed(NORA, 1)
    assert len(bench.buckets._buckets) == 1, "full ones are dropped"


async def test_of_a_flood_of_messages_some_are_answered_and_the_rest_get_one_sentence(
    slack: StandIn, tmp_path: Path
) -> None:
    async with bot_in(slack, tmp_path, ROLESHIFT_REQUESTS_PER_MINUTE="10") as bot:
        time_stands_still(bot)
        for number in range(30):
            await slack.event(_message(slack, FIRST, f"ask question {number}"))
        await slack.event(_message(slack, LAST, "progress"))
        await bot.edge.background.drain(LONG)
        for _ in range(10):
            await deliver(bot.services, asyncio.Event())
        said = {who: [post.text for post in slack.posts if post.person == who] for who in (FIRST, LAST)}
        assert sum(TOO_FAST in text for text in said[FIRST]) == 1
        assert len(said[FIRST]) == 5 + 1, "a full bucket holds five"
        assert len(said[LAST]) == 1
        slack.posts.clear()
        assert "AI" in await Talk(slack, LAST).does("/roleshift myrole sre")


async def test_floods_of_mentions_and_openings_of_home_are_slowed_without_a_word(
    slack: StandIn, tmp_path: Path
) -> None:
    async with bot_in(slack, tmp_path, ROLESHIFT_REQUESTS_PER_MINUTE="10") as bot:
        time_stands_still(bot)
        before = slowed()
        for _ in range(15):
            written = slack.workspace.post("C03AIGUILD", FIRST, "<@U0BOT> roles")
            mention = {"type": "app_mention", "user": FIRST, "channel": "C03AIGUILD", "text": "<@U0BOT> roles"}
            answers = await slack.event(mention | {"ts": written.ts})
            assert [each.failure for each in answers] == [None], "Slack does not send it again"
        slack.patience = 0  # most openings show nothing
        for _ in range(15):
            await slack.open_home(LAST)
        await bot.edge.background.drain(LONG)
        assert slowed() - before == 20
        planned = [row for row in every_row(tmp_path) if row[0] == "delivery"]
        assert (len(planned), slack.posts) == (5, []), "answers to mentions, and no other word"
        assert slack.workspace.screens.homes.keys() == {LAST}


async def test_what_slack_or_an_app_tells_is_never_slowed(slack: StandIn, tmp_path: Path) -> None:
    async with bot_in(slack, tmp_path, ROLESHIFT_REQUESTS_PER_MINUTE="2"):
        before = slowed()
        for number in range(10):
            await slack.change_person(FIRST, zone=("Asia/Tokyo", "Europe/Berlin")[number % 2])
            await slack.event(_message(slack, FIRST, "edited") | {"subtype": "message_changed"})
            await slack.event(_message(slack, FIRST, "by an app") | {"bot_id": "B1"})
        assert slowed() == before


def _message(slack: StandIn, who: str, text: str) -> dict[str, str]:
    dm = slack.workspace.dm(who).id
    ts = f"{int(slack.clock().timestamp())}.{secrets.randbelow(10**6):06}"
    return {"type": "message", "channel_type": "im", "channel": dm, "user": who, "text": text, "ts": ts}


async def test_most_clicks_of_a_flood_cost_no_reply(slack: StandIn, tmp_path: Path) -> None:
    async with bot_in(slack, tmp_path, ROLESHIFT_REQUESTS_PER_MINUTE="2") as bot:
        time_stands_still(bot)
        talk = Talk(slack, FIRST)
        await talk.does("/roleshift privacy")
        before = [each["name"] for each in slack.hub.exchanges.after(0)].count("response_url")
        slack.patience = 0  # most clicks show nothing
        for _ in range(5):
            await slack.click(FIRST, talk.last, "roleshift:forget-now")
        await bot.edge.background.drain(LONG)
        assert [each["name"] for each in slack.hub.exchanges.after(0)].count("response_url") == before + 1
