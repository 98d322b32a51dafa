"""What signals do: processes finish what is in progress and stop."""

import asyncio
import signal
from pathlib import Path

import pytest

from bot.playground.emulator.faults import delay
from tests.driver.standin import StandIn
from tests.end_to_end.process import bot, process, process_in_a_terminal
from tests.processes.observed import EMIL, health, marks_in, struck
from tests.slack.talk import Talk

FOR_EVER = 1000  # seconds, more than any test takes


@pytest.mark.parametrize(
    ("number", "http"),
    [(signal.SIGINT, False), (signal.SIGTERM, True)],
    ids=["SIGINT-socket-mode", "SIGTERM-signed-http"],
)
async def test_a_stop_finishes_requests_and_jobs_in_progress(
    slack: StandIn, tmp_path: Path, migrated_postgres: str, number: signal.Signals, http: bool
) -> None:
    slow = delay("users.info", seconds=1)
    slack.faults.add(slow)
    async with bot(slack, tmp_path, migrated_postgres, http=http) as running:
        learning = asyncio.create_task(slack.command(EMIL, "/roleshift learn cost spikes"))
        await struck(slow)
        running.signal(number)
        assert "Done: " in (await learning).text
        assert await running.ends() == 0
    assert await marks_in(migrated_postgres) == [(EMIL, "cost-spikes")]


async def test_a_stop_does_not_wait_for_ever_for_a_slack_that_hangs(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite, stops_soon=True) as running:
        talk = Talk(slack, EMIL)
        await talk.does("/roleshift help")
        hanging = delay("response_url", "users.info", seconds=FOR_EVER, times=None)
        slack.faults.add(hanging)
        click = asyncio.create_task(talk.does("[My role]"))
        learning = asyncio.create_task(slack.command("U01NORA", "/roleshift learn cost spikes"))
        await struck(hanging, times=2)
        running.signal(signal.SIGTERM)
        assert await running.ends() == 0
        click.cancel()  # it waits for an answer at its `response_url`
        await asyncio.gather(click, learning, return_exceptions=True)


async def test_the_end_of_its_terminal_stops_the_bot(slack: StandIn, tmp_path: Path, migrated_sqlite: str) -> None:
    environment = slack.environment() | {"DATABASE_URL": migrated_sqlite}
    async with process_in_a_terminal(tmp_path, "bot", "run", **environment) as running:
        await running.logs("bot.ready")
        running.signal(signal.SIGHUP)
        assert await running.ends() == 0


async def test_the_worker_stops_like_the_bot(slack: StandIn, tmp_path: Path, migrated_postgres: str) -> None:
    variables = slack.environment() | {"DATABASE_URL": migrated_postgres}
    async with process(tmp_path, "jobs", **variables) as worker:
        await worker.logs("bot.ready")
        assert await health(worker) == {"healthz": (200, "ok"), "readyz": (200, "ready")}
        worker.signal(signal.SIGTERM)
        assert await worker.ends() == 0
