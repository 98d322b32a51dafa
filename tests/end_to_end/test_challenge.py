"""A whole challenge with the bot's processes, from its preview to its recap, played by four people."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.driver.standin import StandIn
from tests.end_to_end.process import bot, process
from tests.slack.challenge import ASHA, EMIL, KENJI, NORA, Team
from tests.slack.talk import Talk, words_of

PATIENCE = 120  # seconds, on a busy machine; the live message is changed every thirty at most


class Watched(Team):
    """A team whose jobs are done by processes: what they do is waited for."""

    def __init__(self, slack: StandIn) -> None:
        self.slack = slack

    async def sees(self, there: Callable[[], bool]) -> None:
        """Wait until the starter of the challenge sees this."""
        async with self.slack.watching(NORA) as seen:
            while not there():
                assert await seen.changed(PATIENCE), "nothing more was seen"


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[StandIn]:
    """Yield a Slack whose clock the test moves, together with the bot's."""
    async with StandIn(clock_file=tmp_path / "clock", retry_after=(0.0, 0.0, 0.0)) as slack:
        yield slack


@contextlib.asynccontextmanager
async def running(slack: StandIn, folder: Path, database: str) -> AsyncIterator[None]:
    """Run the bot, which answers over HTTP, and a worker. One process on SQLite is played in the browser."""
    clock = str(folder / "clock")
    async with bot(slack, folder, database, http=True, ROLESHIFT_CLOCK=clock):
        settings = slack.environment() | {"DATABASE_URL": database, "ROLESHIFT_CLOCK": clock}
        async with process(folder, "jobs", **settings) as worker:
            await worker.logs("bot.ready")
            yield


async def test_four_people_play_a_challenge_from_its_preview_to_its_recap(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    team = Watched(slack)
    async with running(slack, tmp_path, migrated_postgres):
        assert "Only workspace admins and coach admins" in await Talk(slack, KENJI).does("/roleshift challenge new")
        await team.orders(goal=3, options=["shows", "calls"])
        await team.sees(lambda: bool(team.said()))
        for who in (EMIL, ASHA, KENJI):
            await team.presses(who, "I'm in")
        await team.presses(EMIL, "I did it")
        await team.adds(ASHA, "Twenty answers, two got worse.")
        await team.sees(lambda: "1 reply" in _replies(team))
        slack.clock.advance(timedelta(minutes=1))  # sooner it must not change
        await team.sees(lambda: "2 of 3 · 3 are in." in words_of(team.live()))
        await team.picks("Twenty answers, two got worse.")
        slack.clock.advance(timedelta(days=8))
        await team.sees(lambda: any(message.text.startswith("Recap") for message in team.said()))
        await team.sees(lambda: "closed" in words_of(team.live()))
    assert "2 of the 3 who joined did it; the goal was 3." in team.recap()
    assert "*Asha*: Twenty answers, two got worse." in team.recap()
    assert slack.refused == []


def _replies(team: Team) -> str:
    return f"{len(team.slack.thread(team.live()))} reply"
