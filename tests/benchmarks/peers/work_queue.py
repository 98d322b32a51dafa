"""Run the worker of the queue peer."""

import asyncio
import sys

from tests.benchmarks.peers import queued


async def main() -> None:
    async with queued.queue.open_async():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await queued.work()


if __name__ == "__main__":
    asyncio.run(main())
