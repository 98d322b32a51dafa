"""`python -m jobs` as an operator starts it: `--once` for hosts with cron, and the forecast of coming days."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.__main__ import main
from tests.end_to_end.process import ROOT, bare_environment
from tests.jobs.conftest import EMIL, Office


async def jobs(office: Office, tmp_path: Path, *words: str) -> tuple[int, list[str], str]:
    """Return its exit code, the lines of its output, and its standard error."""
    variables = {"DATABASE_URL": f"sqlite:///{tmp_path / 'roleshift.db'}", "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "jobs",
        *words,
        cwd=tmp_path,
        env=bare_environment() | office.slack.environment() | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, beside = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode().splitlines(), beside.decode()


async def test_once_does_what_is_due_and_exits_and_the_forecast_and_the_failures_can_be_read(
    office: Office, tmp_path: Path
) -> None:
    office.clock.at = datetime.now(UTC)  # a process of its own has the real clock
    await office.joins()
    code, coming, _ = await jobs(office, tmp_path, "--plan", "14d")
    assert code == 0
    assert office.received() == []
    assert ["welcome" in line for line in coming] == [True, False, False, False]
    assert coming[-1] == "2 nudges in the next 14 days."
    code, said, beside = await jobs(office, tmp_path, "--once")
    assert (code, said) == (0, [])
    assert '"level": "error"' not in beside
    assert [first.partition(".")[0] for first in office.received()] == ["One tip a week"]
    assert await jobs(office, tmp_path, "--undelivered") == (0, ["0 not delivered."], "")
    assert (await office.tips(EMIL)).on


def test_what_makes_no_sense_is_answered_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--plan", "0d"], ["--plan", "soon"], ["--plan", "400d"], ["--once", "--undelivered"]):
        with pytest.raises(SystemExit, match=r"^2$"):
            main(words)
        said = capsys.readouterr()
        assert said.out == ""
        assert "usage: python -m jobs" in said.err
