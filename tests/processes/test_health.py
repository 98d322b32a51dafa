"""What processes tell a supervisor about their health."""

import signal
from pathlib import Path

from bot.playground.emulator.faults import drop, refuse
from tests.driver.standin import StandIn
from tests.end_to_end.process import bot, process
from tests.processes.observed import EMIL, health, marks_in, struck
from tests.store.wire import Wire

WELL = {"healthz": (200, "ok"), "readyz": (200, "ready")}


def unwell(why: str) -> dict[str, tuple[int, str]]:
    return {"healthz": (200, "ok"), "readyz": (503, why)}


async def test_a_bot_that_starts_while_slack_is_down_is_alive_and_not_ready_until_slack_is_back(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    downs = [drop(method, how="status", times=None) for method in ("auth.test", "apps.connections.open")]
    slack.faults.add(*downs)
    async with process(tmp_path, "bot", "run", **slack.environment(), DATABASE_URL=migrated_sqlite) as running:
        for down in downs:
            await struck(down)
            assert await health(running) == unwell("Slack does not answer as it should (no answer)")
            slack.faults.switched_on.remove(down)
        await running.logs("bot.ready")
        assert await health(running) == WELL
        running.signal(signal.SIGTERM)
        assert await running.ends() == 0


async def test_a_bot_that_cannot_work_is_alive_and_says_why(
    slack: StandIn, tmp_path: Path, migrated_postgres: str
) -> None:
    async with Wire(migrated_postgres) as wire, bot(slack, tmp_path, wire.address) as running:
        assert await health(running) == WELL
        slack.faults.add(refuse("apps.connections.open", error="internal_error", times=None))
        await slack.socket.refresh()
        await struck(slack.faults.switched_on[0])
        assert await health(running) == unwell("Socket Mode is not connected")
        slack.faults.clear()
        await slack.socket.linked.wait()
        wire.strike(b"__asyncpg_")  # the next statement, which may be prepared already
        assert await health(running) == unwell("the database does not answer")
        learned = await slack.command(EMIL, "/roleshift learn cost spikes")
        assert learned.text == "Nothing was changed. Try again in a minute."
    assert await marks_in(migrated_postgres) == []
