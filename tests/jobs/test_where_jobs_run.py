"""Where the jobs run: with SQLite in the bot's process, with PostgreSQL in a worker, unless set otherwise."""

from pathlib import Path
from unittest.mock import AsyncMock

import pytest

import jobs
from bot.run import app
from tests.driver.standin import StandIn
from tests.jobs.conftest import Office
from tests.running import settings_for

POSTGRES = "postgresql://nora@db.example/roleshift"


@pytest.mark.parametrize(
    ("database", "said", "runs"),
    [
        ("sqlite:///roleshift.db", None, True),
        ("sqlite:///roleshift.db", "0", False),
        (POSTGRES, None, False),
        (POSTGRES, "1", True),
    ],
)
async def test_the_answering_process_does_the_jobs_where_it_should(
    tmp_path: Path, database: str, said: str | None, runs: bool
) -> None:
    async with StandIn() as slack:
        told = {"ROLESHIFT_WITH_JOBS": said}
        assert settings_for(slack, tmp_path, DATABASE_URL=database, **told).runs_jobs is runs  # type: ignore[arg-type]  # None: not set


async def test_a_job_that_fails_at_once_keeps_no_other_from_running(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.JOBS", (("broken", 1, AsyncMock(side_effect=ZeroDivisionError)), *jobs.JOBS))
    await office.joins()
    with pytest.raises(ZeroDivisionError):
        await jobs.once(office.services)
    assert len(office.received()) == 1


async def test_one_process_that_answers_and_runs_jobs_sends_the_welcome(tmp_path: Path) -> None:
    async with StandIn() as slack, app.start(settings_for(slack, tmp_path, ROLESHIFT_WITH_JOBS="1")) as bot:
        await slack.socket.linked.wait()
        assert bot.bell is not None
        async with slack.watching("U02EMIL") as seen:
            await slack.command("U02EMIL", "/roleshift tips on")
            while not any("One tip a week. Stop" in message.text for message in seen.messages):
                assert await seen.changed(10)
