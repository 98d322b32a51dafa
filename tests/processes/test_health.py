"""What processes tell a supervisor about their health."""

import signal
from pathlib import Path

from bot.playground.emulator.faults import drop, refuse
from tests.driver.standin import StandIn
from tests.end_to_end.process import bot, process
from tests.processes.observed import health, struck

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


async def test_a_bot_whose_socket_is_gone_is_alive_and_says_why(
    slack: StandIn, tmp_path: Path, migrated_sqlite: str
) -> None:
    async with bot(slack, tmp_path, migrated_sqlite) as running:
        assert await health(running) == WELL
        slack.faults.add(refuse("apps.connections.open", error="internal_error", times=None))
        await slack.socket.refresh()
        await struck(slack.faults.switched_on[0])
        assert await health(running) == unwell("Socket Mode is not connected")
