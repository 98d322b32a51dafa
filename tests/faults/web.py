"""The bot's web process, in a process of its own, at which workspaces install the bot as people do: over HTTP."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from tests.faults.processes import Processes, Worker
from tests.ports import free_port
from tests.slack.visitor import Visitor

REDIRECT = "/slack/oauth_redirect"


@dataclass
class Web:
    """A web process without jobs that listens at `url` while it runs."""

    processes: Processes
    mutant: str | None = None
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def running(self, settings: dict[str, Any]) -> AsyncIterator[None]:
        """Run the process with these settings until the block ends, and then stop it as a host does."""
        own = {"PORT": str(self.port), "ROLESHIFT_HOST": "127.0.0.1", "ROLESHIFT_WITH_JOBS": "0"}
        order = {"what": "bot", "settings": settings | own, "mutant": self.mutant}
        process = self.processes.start(order)
        if not await listens(process, self.port):
            raise RuntimeError(f"the web process ended with {process.ended.result()}")
        try:
            yield
        finally:
            process.signal(signal.SIGTERM)
            await process.wait()

    async def install(self, place: str, name: str) -> None:
        """Install the bot in a workspace or an organisation: its page, Slack's page, and the way back, over HTTP."""
        async with Visitor.at(self.url) as browser:
            shown = await browser.install(place)
        assert shown.status == 200, shown
        assert shown.title.endswith(name), shown


async def listens(process: Worker, port: int) -> bool:
    """Wait until a bot takes requests: before that, it answers each with 503. Return False if it ended before."""
    while not process.ended.done():
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n")
            status = (await reader.readline()).split(b" ")[1:2]
            writer.close()
            if status not in ([], [b"503"]):
                return True
        await asyncio.sleep(0.02)  # another process can't tell us
    return False
