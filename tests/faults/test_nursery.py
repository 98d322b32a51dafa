"""The nursery hears of every process, also of one that nobody waits for any more."""

import asyncio
import os
import signal

from tests.faults.nursery import Nursery

NAP = {"call": "time:sleep", "args": [60], "into": os.devnull}


async def test_a_fork_that_was_cancelled_holds_up_no_other() -> None:
    async with Nursery.opened() as nursery:
        cancelled = asyncio.create_task(nursery.fork(NAP))
        await asyncio.sleep(0)  # it has asked
        cancelled.cancel()
        async with asyncio.timeout(20):
            worker = await nursery.fork(NAP)
            await worker.kill()
        assert worker.ended.result() == signal.SIGKILL
        assert cancelled.cancelled()


async def test_a_wait_that_was_cancelled_holds_up_no_other() -> None:
    async with Nursery.opened() as nursery:
        worker = await nursery.fork(NAP)
        cancelled = asyncio.create_task(worker.kill())
        await asyncio.sleep(0)  # it waits
        cancelled.cancel()
        async with asyncio.timeout(20):
            assert await worker.buried() == signal.SIGKILL
            await (await nursery.fork(NAP)).kill()
        assert cancelled.cancelled()
