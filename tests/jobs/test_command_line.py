"""`python -m jobs` as an operator starts it: one run for hosts with a cron, and the reports."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.end_to_end.process import ROOT, bare_environment
from tests.jobs.conftest import EMIL, Office


async def jobs(office: Office, tmp_path: Path, *words: str) -> tuple[int, list[str], str]:
    """Run `python -m jobs`, and return its exit code, its lines on stdout, and its stderr."""
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
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode().splitlines(), errors.decode()


async def test_once_sends_what_is_due_and_the_reports_can_be_printed(office: Office, tmp_path: Path) -> None:
    office.clock.at = datetime.now(UTC)  # a process of its own has the real clock
    await office.joins()
    code, coming, _ = await jobs(office, tmp_path, "--plan", "14d")
    assert code == 0
    assert office.received() == []
    assert ["welcome" in line for line in coming] == [True, False, False, False]
    assert coming[-1] == "2 nudges in the next 14 days."
    code, output, errors = await jobs(office, tmp_path, "--once")
    assert (code, output) == (0, [])
    assert '"level": "error"' not in errors
    assert [first.partition(".")[0] for first in office.received()] == ["One message a week"]
    assert await jobs(office, tmp_path, "--undelivered") == (0, ["0 not delivered."], "")
    assert (await office.tips(EMIL)).on


@pytest.mark.parametrize(
    "words", [["--plan", "0d"], ["--plan", "soon"], ["--plan", "400d"], ["--once", "--undelivered"]]
)
async def test_wrong_arguments_print_the_usage(office: Office, tmp_path: Path, words: list[str]) -> None:
    code, output, errors = await jobs(office, tmp_path, *words)
    assert (code, output) == (2, [])
    assert "usage: python -m jobs" in errors
