"""Worker processes report their end, and end together with the process that started them."""

import asyncio
import os
import select
import signal
import subprocess
import sys

import pytest

from tests.faults.processes import ROOT, Processes

NAP = {"call": "time:sleep", "args": [60], "into": os.devnull}
PATIENCE = 60  # seconds

PARENT = f"""
import asyncio, os, signal
from tests.faults.processes import Processes

async def main():
    async with Processes.opened() as processes:
        print(processes.start({NAP}).pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_cancelled_wait_does_not_delay_others() -> None:
    async with Processes.opened() as processes:
        worker = processes.start(NAP)
        cancelled = asyncio.create_task(worker.kill())
        await asyncio.sleep(0)  # it waits
        cancelled.cancel()
        async with asyncio.timeout(PATIENCE):
            assert await worker.wait() == -signal.SIGKILL
            await processes.start(NAP).kill()
        assert cancelled.cancelled()


async def test_all_processes_are_killed_at_the_end() -> None:
    async with Processes.opened() as processes:
        workers = [processes.start(NAP) for _ in range(3)]
    assert [worker.ended.result() for worker in workers] == [-signal.SIGKILL] * 3


async def test_a_call_returns_the_result_or_raises_what_was_logged() -> None:
    async with Processes.opened() as processes:
        assert await processes.call("builtins:len", "abc") == 3
        with pytest.raises(RuntimeError, match="ModuleNotFoundError"):
            await processes.call("no_such_module:x", None)


def test_no_process_outlives_a_parent_that_was_killed() -> None:
    """Such a process would work on with a database and an emulated Slack that no longer exist."""
    parent = subprocess.run([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, check=False, text=True)
    assert parent.returncode == -signal.SIGKILL
    try:
        orphan = os.pidfd_open(int(parent.stdout))
    except ProcessLookupError:
        return
    assert select.select([orphan], [], [], PATIENCE)[0], "it still runs"
