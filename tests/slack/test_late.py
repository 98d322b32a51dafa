"""While the database hangs, everybody gets an interim answer in time, then the real one, and nothing counts twice.

The database is a real PostgreSQL, where another connection holds a lock. `IN_TIME` is short here: no test waits long.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import Message
from bot.run.app import Bot
from bot.slack import late
from bot.slack.screens.blocks import actions, button
from tests.driver.outcome import Outcome
from tests.driver.standin import StandIn
from tests.running import bot_behind_http, bot_in
from tests.slack.home import HomeTab
from tests.slack.talk import pressed, shown, words_of

NORA, EMIL = "U01NORA", "U02EMIL"  # an admin, and a member
LEARN = "/roleshift learn cost spikes"
LATE = "This takes longer than it should, so I can't tell yet whether anything was saved."
NOTHING = "Nothing was changed. Try again in a minute."
DONE = "Done: *Catch cost spikes early*"
WITHIN = 60  # seconds, on a busy machine
WAITING = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
AT_ONCE = 0.3  # seconds
LEARN_BUTTON = actions(button("Mark as learned", "learn", "cost-spikes"))


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
                patch.setattr(late, "IN_TIME", AT_ONCE)
                async with other.transaction():
                    await other.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
                    yield
        finally:
            await other.close()

    async def gives_up(self) -> None:
        """Let the database end the statement that waits, as it does after two seconds outside of tests."""
        other = await asyncpg.connect(self.address)
        while not await other.fetchval(f"SELECT count(pg_cancel_backend(pid)) {WAITING}"):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        await other.close()

    async def count(self, table: str) -> int:
        """Return the number of rows about Emil."""
        other = await asyncpg.connect(self.address)
        found: int = await other.fetchval(f"SELECT count(*) FROM {table} WHERE member_id = '{EMIL}'")  # noqa: S608 - our own
        await other.close()
        return found

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


@pytest.fixture(params=["Socket Mode", "HTTP"])
async def at(request: pytest.FixtureRequest, migrated_postgres: str, tmp_path: Path) -> AsyncIterator[Hanging]:
    """Yield a bot that has met Emil."""
    start = bot_in if request.param == "Socket Mode" else bot_behind_http
    async with (
        StandIn(retry_after=(0.0, 0.0, 0.0)) as slack,
        start(slack, tmp_path, DATABASE_URL=migrated_postgres) as bot,
    ):
        await slack.command(EMIL, "/roleshift learn streaming")
        yield Hanging(slack, bot, migrated_postgres)
        await bot.edge.background.drain(WITHIN)
        assert slack.refused == []


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
            again = pressed(interim, "Try again")
            await at.slack.click(EMIL, interim, *again)
        await at.until(seen, DONE)
        await at.until(seen, "You already marked")
    assert await at.count("skill_history") == 2


async def test_what_can_not_be_stored_is_answered_with_nothing_was_changed(at: Hanging) -> None:
    async with at.slack.watching(EMIL) as seen, at.hangs("skill_mark"):
        assert words_of((await at.slack.command(EMIL, LEARN)).message).startswith(LATE)
        await at.gives_up()
        await at.until(seen, NOTHING)
    assert await at.count("skill_history") == 1


async def test_a_command_that_shows_something_to_all_still_does(at: Hanging) -> None:
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("showing"):
            assert (await at.slack.command(EMIL, "/roleshift show streaming", "ai-guild")).message.reader == EMIL
        assert (await at.until(seen, "shows")).reader is None
    assert await at.count("showing") == 1


async def test_a_click_on_a_screen_of_ones_own_is_answered_in_its_place_twice(at: Hanging) -> None:
    screen = (await at.slack.command(EMIL, "/roleshift skill cost spikes")).message
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("skill_mark"):
            assert (await at.slack.click(EMIL, screen, "roleshift:learn:cost-spikes")).message is screen
            assert words_of(screen).startswith(LATE)
        assert await at.until(seen, DONE) is screen
    assert await at.count("skill_history") == 2


async def test_a_refusal_takes_the_place_of_the_interim_answer_too(at: Hanging) -> None:
    screen = (await at.slack.command(EMIL, "/roleshift skill cost spikes")).message
    async with at.slack.watching(EMIL) as seen, at.hangs("skill_mark"):
        await at.slack.click(EMIL, screen, "roleshift:learn:cost-spikes")
        await at.gives_up()
        assert await at.until(seen, NOTHING) is screen
    assert pressed(screen, "Try again") == ("roleshift:learn:cost-spikes", None)


async def test_a_click_on_a_message_for_all_is_answered_beside_it(at: Hanging) -> None:
    shared = at.slack.workspace.post("C02PLATFORM", at.slack.workspace.bot_user, "A tip", blocks=[LEARN_BUTTON])
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("skill_mark"):
            interim = (await at.slack.click(EMIL, shared, "roleshift:learn:cost-spikes")).message
            assert words_of(interim).startswith(LATE)
            assert interim.reader == EMIL
        assert (await at.until(seen, DONE)).reader == EMIL
    assert not shared.edited


async def test_a_form_is_answered_above_it_and_closes_once_it_is_saved(at: Hanging) -> None:
    form = await opened_form(at)
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("schedule"):
            await at.slack.submit(EMIL, form, {"day": "2", "time": "08:00"})
            assert words_on(at.stack[-1]).startswith(LATE)
            assert at.stack[0] is form
        saved = await at.until_on_top(seen, "08:00")
    assert await at.count("schedule") == 1
    await at.slack.close(EMIL, saved)
    assert at.stack == []


async def test_a_form_that_is_not_saved_stays_as_it_was_filled_in(at: Hanging) -> None:
    form = await opened_form(at)
    async with at.slack.watching(EMIL) as seen, at.hangs("schedule"):
        await at.slack.submit(EMIL, form, {"day": "2", "time": "08:00"})
        await at.gives_up()
        refused = await at.until_on_top(seen, NOTHING)
    await at.slack.close(EMIL, refused)
    assert at.stack == [form]
    assert "08:00" in str(form.state)


async def test_a_click_in_home_is_answered_by_a_modal_that_becomes_the_answer(at: Hanging) -> None:
    await at.slack.command(EMIL, "/roleshift myrole sre")
    home = HomeTab(at.slack, EMIL)
    await home.opens()
    await home.presses("None of these")
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("schedule"):
            await home.presses("Start weekly tips")
            await at.until_on_top(seen, LATE)
        await at.until_on_top(seen, "Weekly tips are on:")
    assert len(at.stack) == 1
    assert await at.count("schedule") == 1


async def test_a_shortcut_opens_its_window_in_the_place_of_the_interim_one(at: Hanging) -> None:
    async with at.slack.watching(EMIL) as seen:
        async with at.hangs("skill_mark"):
            await at.slack.shortcut(EMIL, "roleshift:coach-me")
            await at.until_on_top(seen, LATE)
        await at.until_on_top(seen, "question")
    assert len(at.stack) == 1


async def test_a_mistake_in_a_form_that_is_found_late_stands_above_the_form(at: Hanging) -> None:
    form = await opened_challenge(at)
    async with at.slack.watching(NORA) as seen:
        async with at.hangs("workspace"):
            await at.slack.submit(NORA, form, {"channel": "C02PLATFORM", "title": " "}, unchecked=True)
            await at.until_on_top(seen, LATE)
        refused = await at.until_on_top(seen, "A few words are needed here.")
    await at.slack.close(NORA, refused)
    assert at.stack == [form]


async def test_a_form_above_a_form_comes_in_the_place_of_the_interim_modal_and_works(at: Hanging) -> None:
    form = await opened_challenge(at)
    async with at.slack.watching(NORA) as seen:
        async with at.hangs("workspace"):
            await at.slack.submit(NORA, form, {"channel": "C02PLATFORM"})
            await at.until_on_top(seen, LATE)
        preview = await at.until_on_top(seen, "Ship one prompt change behind a flag")
    assert "You started" in words_on((await at.slack.submit(NORA, preview)).view or form)


async def test_a_form_that_is_drawn_anew_late_is_ready_below(at: Hanging) -> None:
    form = await opened_challenge(at)
    async with at.slack.watching(NORA) as seen:
        async with at.hangs("workspace"):
            await at.slack.click(NORA, form, "roleshift:more-options")
            await at.until_on_top(seen, LATE)
        ready = await at.until_on_top(seen, "The form below is ready.")
    await at.slack.close(NORA, ready)
    assert at.stack == [form]
    assert "Minutes" in str(form.blocks)


async def test_an_event_gets_no_interim_answer(at: Hanging) -> None:
    async with at.hangs("home"):
        opening = asyncio.create_task(at.slack.open_home(EMIL))
        await asyncio.wait([opening], timeout=2 * AT_ONCE)
        assert not opening.done()
    await opening


async def opened_form(at: Hanging) -> View:
    asked = (await at.slack.command(EMIL, "/roleshift tips")).message
    view = (await at.slack.click(EMIL, asked, pressed(asked, "Choose day and time")[0])).view
    assert view is not None
    return view


async def opened_challenge(at: Hanging) -> View:
    """Open the form of a challenge, as an admin."""
    at.who = NORA
    first = await at.slack.command(NORA, "/roleshift challenge new")
    view = (await at.slack.submit(NORA, first, {"template": "one-prompt-change-behind-a-flag"})).view
    assert view is not None
    return view
