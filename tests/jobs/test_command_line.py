"""Where jobs run, with SQLite in the bot's process, with PostgreSQL in a worker; and `python -m jobs` in a terminal."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

import jobs
from bot.coach import schedules
from bot.run.settings import Settings
from jobs.__main__ import main, why
from tests.end_to_end.process import ROOT, bare_environment
from tests.jobs.conftest import EMIL, Office

SQLITE, POSTGRES = "sqlite:///roleshift.db", "postgresql://nora@db.example/roleshift"


async def test_once_does_what_is_due_and_exits_and_the_forecast_and_the_failures_can_be_read(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = office.slack.environment() | {"DATABASE_URL": f"sqlite:///{tmp_path / 'roleshift.db'}"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.run.logs.configure", lambda _level: None)  # the log of this process is pytest's

    async def printed(*words: str) -> list[str]:
        """Run the command in a thread, as it has an event loop of its own."""
        assert await asyncio.to_thread(main, [*words]) == 0
        return capsys.readouterr().out.splitlines()

    office.clock.at = datetime.now(UTC)  # the command has the real clock
    await office.joins()
    coming = await printed("--plan", "14d")
    assert office.received() == []
    assert ["welcome" in line for line in coming] == [True, False, False, False]
    assert coming[-1] == "2 nudges in the next 14 days."
    environment, pipe = bare_environment() | variables | {"PYTHONPATH": str(ROOT)}, asyncio.subprocess.PIPE
    once = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jobs", "--once", cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe
    )
    said, beside = await once.communicate()
    assert (once.returncode, said) == (0, b"")
    assert b'"level": "error"' not in beside
    assert [first.partition(".")[0] for first in office.received()] == ["One tip a week"]
    assert await printed("--undelivered") == ["0 not delivered."]
    who = f"{office.slack.workspace.id}/{EMIL}"
    assert (await printed("--why", who))[0].startswith(f"{who}: ")
    assert (await office.tips(EMIL)).on


async def test_what_is_printed_has_the_facts_and_every_message_of_six_weeks(office: Office) -> None:
    await office.joins()
    office.clock.passes(minutes=1)
    await office.services.store.write(schedules.leave, office.key(), "may not be coached", office.clock.at)
    lines = [line async for line in why(office.services, office.key())]
    assert lines == [
        f"{office.slack.workspace.id}/{EMIL}: they did not say yes to weekly tips. What to do: Debug in RUNNING.md.",
        "met        Mon 2026-11-23 09:00 UTC",
        "consent    unasked",
        "pause      none",
        "rhythm     every 1 week, 0 tips without a click",
        "next slot  none",
        "workspace  connected",
        "Mon 2026-11-23 09:00 UTC  welcome  cancelled: may not be coached, ended Mon 2026-11-23 09:01 UTC",
        "1 message in six weeks.",
    ]


def test_what_makes_no_sense_is_answered_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ("--plan 0d", "--plan 400d", "--why U1", "--why T1/nora", "--once --undelivered"):
        with pytest.raises(SystemExit, match=r"^2$"):
            main(words.split())
        said = capsys.readouterr()
        assert said.out == ""
        assert "usage: python -m jobs" in said.err


@pytest.mark.parametrize(
    ("database", "said", "runs"),
    [(SQLITE, None, True), (SQLITE, "0", False), (POSTGRES, None, False), (POSTGRES, "1", True)],
)
def test_the_answering_process_does_the_jobs_where_it_should(database: str, said: str | None, runs: bool) -> None:
    variables = {"DATABASE_URL": database, "ROLESHIFT_WITH_JOBS": said, "SLACK_BOT_TOKEN": "xoxb-1-canary"}
    settings = Settings(_env_file=None, SLACK_SIGNING_SECRET="0" * 32, **variables)  # type: ignore[arg-type]  # by the names of the variables
    assert settings.runs_jobs is runs


async def test_a_job_that_fails_at_once_keeps_no_other_from_running(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.JOBS", (("broken", 1, AsyncMock(side_effect=ZeroDivisionError)), *jobs.JOBS))
    await office.joins()
    with pytest.raises(ZeroDivisionError):
        await jobs.once(office.services)
    assert len(office.received()) == 1
