"""Measure `python -m bot check --all` with many workspaces: `python -m tests.benchmarks.check_all [WORKSPACES]`.

The command runs as a process of its own beside the emulator of Slack, which answers each call after 0.2 s. In every
two hundredth workspace the app was removed, and every five hundredth is over its rate limit once.
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.coach import installing
from bot.core.installation import Granted
from bot.playground.emulator.faults import Fault, delay
from bot.slack.oauth.workspaces import encrypted
from bot.store import open_store
from bot.token_keys import TokenKeys
from tests.driver.apps import roleshift
from tests.driver.generated import generated
from tests.driver.standin import StandIn
from tests.running import KEY

WORKSPACES, SLACK_ANSWERS_AFTER = 2_000, 0.2
REMOVED, LIMITED = 200, 500  # every so many workspaces
RETRY_AFTER = 2  # seconds


async def main(count: int = WORKSPACES) -> None:
    """Print how long the command takes, what it costs, and what it prints."""
    rosters = [generated(1, f"T{number:05}") for number in range(count)]
    with tempfile.TemporaryDirectory(prefix="roleshift-check-") as folder:
        async with StandIn(*rosters) as slack:
            address = f"sqlite:///{folder}/bot.db"
            await _install(slack, address)
            settings = slack.oauth_environment(slack.url) | {"ROLESHIFT_TOKEN_KEYS": KEY, "DATABASE_URL": address}
            await _run(Path(folder), settings)


async def _install(slack: StandIn, address: str) -> None:
    """Store an installation for each workspace, as the redirect of OAuth does."""
    store, keys, now = open_store(address), TokenKeys(KEY), datetime.now(UTC)
    await store.migrate()
    slack.faults.add(delay("auth.test", seconds=SLACK_ANSWERS_AFTER, times=None))
    for number, workspace in enumerate(slack.workspaces.values()):
        sealed = encrypted(keys, workspace.id, workspace.bot_token, None)
        granted = Granted(workspace.id, now, workspace.bot_user, frozenset(roleshift().scopes), sealed)
        await store.write(installing.install, granted, now)
        if number % REMOVED == 0:
            slack.faults.add(
                Fault("refuse", ("auth.test",), error="account_inactive", workspace=workspace.id, times=None)
            )
        if number % LIMITED == 1:
            slack.faults.add(Fault("limit", ("auth.test",), seconds=RETRY_AFTER, workspace=workspace.id))
    await store.close()


async def _run(folder: Path, settings: dict[str, str]) -> None:
    root = str(Path(__file__).parents[2])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": root} | settings
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "bot", "check", "--all"]
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment)
    code = await process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"exit code {code}; {time.monotonic() - began:.1f} s, {cpu:.1f} s of processor time; load {load}")  # noqa: T201 - what this program is for


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:2])))
