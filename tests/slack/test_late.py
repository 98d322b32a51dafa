"""While the database hangs, everybody is told so in time, then gets the real answer, and nothing counts twice.

The database is a real PostgreSQL, where another connection holds a lock. `IN_TIME` is short here: no test waits long.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import Message
from bot.run.app import Bot
from bot.slack import edge
from bot.slack.app import NOUNS
from bot.slack.edge import IN_TIME, Edge
from bot.store import postgres, sqlite
from tests.driver.outcome import Outcome
from tests.driver.standin import StandIn
from tests.faults.world import Loop
from tests.running import bot_behind_http, bot_in
from tests.slack.home import HomeTab
from tests.slack.talk import pressed, shown, words_of

EMIL = "U02EMIL"
LEARN = "/roleshift learn cost spikes"
LATE = "This takes longer than it should, so I can't tell yet whether anything was saved."
NOTHING = "Nothing was changed. Try again in a minute."
DONE = "Done: *Catch cost spikes early*"
WITHIN = 60  # seconds, on a busy machine
WAITING = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
AT_ONCE = 0.3  # seconds
SLACK_WAITS = 3.0  # seconds for the answer to a command, a click or a form
ON_THE_WAY = 0.5  # seconds: from Slack to the bot and back, with TLS and a proxy
TO_ANSWER = 0.1  # seconds: from a wait that is given up to the answer "Nothing was changed"
NOT_CALLED: Any = None
COMMAND = {"command": "/roleshift", "text": "learn cost spikes", "user_id": "U1", "team_id": "T1"}
REAL = "real"


class Hanging:
    """A running bot, its workspace, and its database, which a test makes hang."""

    def __init__(self, slack: StandIn, bot: Bot, address: str) -> None:
        self.slack, self.bot, self.address, self.who = slack, bot, address, EMIL

    @contextlib.asynccontextmanager
    async def hangs(self, *tables: str) -> AsyncIterator[None]:
        """Keep everybody from these tables. Meanwhile interim answers come at once."""
        other = await asyncpg.connect(self.address)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(edge, "IN_TIME", AT_ONCE)
                async with other.transaction():
                    await other.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
                    yield
        finally:
            await other.close()

    async def gives_up(self) -> None:
        """Let the database end the statement that waits, as it does after two seconds outside of tests."""
        while not await self.asks(f"SELECT count(pg_cancel_backend(pid)) {WAITING}"):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)

    async def count(self, table: str) -> int:
        return await self.asks(f"SELECT count(*) FROM {table} WHERE member_id = '{EMIL}'")  # noqa: S608 - our own

    async def asks(self, statement: str) -> int:
        async with asyncpg.create_pool(self.address, min_size=1) as other:
            return int(await other.fetchval(statement))

    @property
    def stack(self) -> list[View]:
        return self.slack.workspace.screens.stacks[self.who]

    async def until(self, outcome: Outcome, words: str) -> Message:
        """Wait until the person reads these words, and return their message."""
        async with asyncio.timeout(WITHIN):
            while not (found := [each for each in outcome.messages if words in words_of(each)]):
                await outcome.changed(WITHIN)
        return found[-1]

    async def until_on_top(self, outcome: Outcome, words: str) -> View:
        """Wait until the modal on top has these words, and return it."""
        async with asyncio.timeout(WITHIN):
            while not self.stack or words not in words_on(self.stack[-1]):
                await outcome.changed(WITHIN)
        return self.stack[-1]


def words_on(view: View) -> str:
    return shown("", view.blocks).strip()


@pytest.fixture
async def at(request: pytest.FixtureRequest, migrated_postgres: str, tmp_path: Path) -> AsyncIterator[Hanging]:
    start = getattr(request, "param", bot_in)
    async with (
        StandIn(retry_after=(0.0, 0.0, 0.0)) as slack,
        start(slack, tmp_path, DATABASE_URL=migrated_postgres) as bot,
    ):
        await slack.command(EMIL, "/roleshift learn streaming")
        yield Hanging(slack, bot, migrated_postgres)
        await bot.edge.background.drain(WITHIN)
        assert slack.refused == []


@pytest.mark.parametrize("at", [bot_in, bot_behind_http], indirect=True)
async def test_a_command_is_answered_in_time_and_again_below_once_it_is_done(at: Hanging) -> None:
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("skill_mark"):
            interim = (await at.slack.command(EMIL, LEARN)).message
            assert words_of(interim).startswith(LATE)
            assert interim.reader == EMIL
            assert await at.count("member") == 1  # the bot still has a connection for others
        answer = await at.until(seen, DONE)
    assert answer is not interim
    assert answer.reader == EMIL
    assert not interim.edited
    assert await at.count("skill_history") == 2


async def test_try_again_counts_once_and_every_message_is_true(at: Hanging) -> None:
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("skill_mark"):
            interim = (await at.slack.command(EMIL, LEARN)).message
            await at.slack.click(EMIL, interim, *pressed(interim, "Try again"))
        await at.until(seen, DONE)
        await at.until(seen, "You already marked")
    assert await at.count("skill_history") == 2


async def test_what_can_not_be_stored_is_answered_with_nothing_was_changed(at: Hanging) -> None:
    async with at.slack.watching(EMIL) as seen, at.hangs("skill_mark"):
        assert words_of((await at.slack.command(EMIL, LEARN)).message).startswith(LATE)
        await at.gives_up()
        await at.until(seen, NOTHING)
    assert await at.count("skill_history") == 1


async def test_a_click_on_a_screen_of_ones_own_is_answered_beside_it_and_then_in_its_place(at: Hanging) -> None:
    screen = (await at.slack.command(EMIL, "/roleshift skill cost spikes")).message
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("skill_mark"):
            interim = (await at.slack.click(EMIL, screen, "roleshift:more", "learn cost-spikes")).message
            assert words_of(interim).startswith(LATE)
        assert await at.until(seen, DONE) is screen
    assert await at.count("skill_history") == 2


async def test_a_form_is_answered_above_it_and_is_saved_all_the_same(at: Hanging) -> None:
    asked = (await at.slack.command(EMIL, "/roleshift tips")).message
    form = (await at.slack.click(EMIL, asked, pressed(asked, "Choose day and time")[0])).form
    async with at.hangs("schedule"):
        await at.slack.submit(EMIL, form, {"day": "2", "time": "08:00"})
        assert words_on(at.stack[-1]).startswith(LATE)
        assert at.stack[0] is form
    await at.bot.edge.background.drain(WITHIN)
    assert await at.count("schedule") == 1


async def test_a_click_in_home_is_answered_by_a_modal_and_home_shows_the_outcome(at: Hanging) -> None:
    await at.slack.command(EMIL, "/roleshift myrole sre")
    home = HomeTab(at.slack, EMIL)
    await home.opens()
    await at.bot.edge.background.drain(WITHIN)  # else the click finds it leased, and no job publishes it here
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("schedule"):
            await home.presses("Yes")
            await at.until_on_top(seen, LATE)
        await at.bot.edge.background.drain(WITHIN)
    assert await at.count("schedule") == 1
    at.slack.refused.clear()  # a trigger works once, so the answer itself opens no modal any more


async def test_a_shortcut_and_a_click_in_its_modal_are_answered_by_a_modal(at: Hanging) -> None:
    await at.slack.command(EMIL, "/roleshift myrole sre")
    async with at.slack.watching(EMIL) as seen, at.hangs("member"):
        await at.slack.shortcut(EMIL, "roleshift:coach-me")
        assert words_on(await at.until_on_top(seen, LATE)).startswith(LATE)
    await at.bot.edge.background.drain(WITHIN)
    at.stack.clear()
    opened = (await at.slack.shortcut(EMIL, "roleshift:coach-me")).view
    assert opened is not None
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("schedule"):
            await HomeTab(at.slack, EMIL).presses("Yes", opened)
            await at.until_on_top(seen, LATE)
            assert at.stack[0] is opened
        await at.bot.edge.background.drain(WITHIN)
    assert await at.count("schedule") == 1
    at.slack.refused.clear()  # a trigger works once, so the answers themselves open no modal any more


# The real limit: after the stores give up a wait, and before Slack does.


LOCKED = float(postgres.LIMITS["lock_timeout"].removesuffix("s"))


def test_a_store_gives_up_before_an_answer_is_late_and_that_comes_before_slack_gives_up() -> None:
    assert max(sqlite.PATIENCE, postgres.PATIENCE, LOCKED) + TO_ANSWER <= IN_TIME <= SLACK_WAITS - ON_THE_WAY


async def answer_after(seconds: float) -> tuple[str, float]:
    """Answer a command whose handler takes so many seconds. Return what Slack gets first, and when.

    Time is the event loop's own and passes only while everybody waits. The limit is the bot's own, which is long in
    other tests (`tests/patience.py`).
    """
    at_work = Edge(NOT_CALLED, NOUNS, NOT_CALLED, NOT_CALLED)

    looked_up = min(seconds, 1.0)  # its workspace

    async def handler() -> str:
        await asyncio.sleep(seconds - looked_up)
        return REAL

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge, "IN_TIME", IN_TIME)
        await asyncio.sleep(looked_up)
        answer = await at_work.in_time(handler(), COMMAND, 0.0)
    answered_at = asyncio.get_running_loop().time()
    await at_work.background.drain(seconds)
    return answer, answered_at


@pytest.mark.parametrize("seconds", [0.0, sqlite.PATIENCE, 2.19, 2.21, SLACK_WAITS, 60.0])
def test_an_answer_within_that_time_is_the_only_one_and_a_later_one_is_told_to_be_late(seconds: float) -> None:
    body, at = Loop().run(answer_after(seconds))
    assert (REAL if seconds < IN_TIME else LATE) in body
    assert at == pytest.approx(min(seconds, IN_TIME))
