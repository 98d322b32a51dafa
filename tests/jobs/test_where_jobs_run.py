"""With SQLite the bot's process runs the jobs by default; with PostgreSQL a worker does. A setting changes both."""

from pathlib import Path

import pytest

from bot import serve
from tests.driver.standin import StandIn
from tests.running import settings_for

POSTGRES = "postgresql://nora@db.example/roleshift"


@pytest.mark.parametrize(
    ("database", "setting", "runs"),
    [
        ("sqlite:///roleshift.db", None, True),
        ("sqlite:///roleshift.db", "0", False),
        (POSTGRES, None, False),
        (POSTGRES, "1", True),
    ],
)
async def test_the_bot_process_runs_the_jobs_by_default_only_with_sqlite(
    tmp_path: Path, database: str, setting: str | None, runs: bool
) -> None:
    async with StandIn() as slack:
        variables = {"ROLESHIFT_WITH_JOBS": setting}
        assert settings_for(slack, tmp_path, DATABASE_URL=database, **variables).runs_jobs is runs  # type: ignore[arg-type]  # None: not set


async def test_one_process_with_jobs_sends_the_welcome_after_an_opt_in(tmp_path: Path) -> None:
    async with StandIn() as slack, serve.start(settings_for(slack, tmp_path, ROLESHIFT_WITH_JOBS="1")) as bot:
        await slack.socket.linked.wait()
        assert bot.bell is not None
        async with slack.watching("U02EMIL") as seen:
            await slack.command("U02EMIL", "/roleshift tips on")
            while not any("One message a week" in message.text for message in seen.messages):
                assert await seen.changed(10)
