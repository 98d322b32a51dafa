"""What processes tell a supervisor about their health."""

import signal
from pathlib import Path

import pytest

from bot.playground.emulator.faults import drop, refuse
from tests.driver.standin import StandIn
from tests.end_to_end.process import bot, process
from tests.processes.observed import EMIL, health, marks_in, struck
from tests.store.wire import Wire

WAYS_IN = pytest.mark.parametrize("http", [False, True], ids=["socket-mode", "signed-http"])


@WAYS_IN
async def test_a_bot_that_can_work_says_so(slack: StandIn, tmp_path: Path, migrated_sqlite: str, http: bool) -> None:
    async with bot(slack, tmp_path, migrated_sqlite, http=http) as running:
        assert await health(running) == {"healthz": (200, "ok"), "readyz": (200, "ready")}


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_bot_that_starts_while_slack_is_down_is_alive_and_not_ready_until_slack_is_back(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str, method: str
) -> None:
    slack.faults.add(down := drop(method, how="status", times=None))
    async with process(tmp_path, "bot", "run", **slack.environment(), DATABASE_URL=migrated_sqlite) as running:
        await running.logs("slack.unreachable")
        why = "Slack does not answer as it should (no answer)"
        assert await health(running) == {"healthz": (200, "ok"), "readyz": (503, why)}
        slack.faults.switched_on.remove(down)
        await running.logs("bot.ready")
        assert (await health(running))["readyz"] == (200, "ready")
        running.signal(signal.SIGTERM)
        assert await running.ends() == 0


async def test_a_bot_whose_database_is_gone_is_alive_and_not_ready(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    async with Wire(migrated_postgres) as wire, bot(slack, tmp_path, wire.address) as running:
        wire.strike(b"FROM workspace")
        assert await health(running) == {"healthz": (200, "ok"), "readyz": (503, "the database does not answer")}
        learned = await slack.command(EMIL, "/roleshift learn cost spikes")
        assert learned.text == "Nothing was changed. Try again in a minute."
    assert await marks_in(migrated_postgres) == []


async def test_a_bot_that_was_removed_is_alive_and_not_ready(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite) as running:
        await slack.uninstall()
        assert await health(running) == {
            "healthz": (200, "ok"),
            "readyz": (503, "Slack does not accept the bot token"),
        }


async def test_a_bot_that_lost_its_link_is_alive_and_not_ready(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite) as running:
        slack.faults.add(refuse("apps.connections.open", error="internal_error", times=None))
        await slack.socket.refresh()
        await struck(slack.faults.switched_on[0])
        assert await health(running) == {"healthz": (200, "ok"), "readyz": (503, "Socket Mode is not connected")}
