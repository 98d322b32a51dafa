"""A crowd that presses one button. Each click is signed as Slack signs it, and each answer is received."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from tests.benchmarks.caller import signed
from tests.benchmarks.challenge import Button

PATIENCE = 30  # seconds for the last answer
OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of it: seconds from the first click to the last answer, and until each click was acked."""

    seconds: float
    waits: Sequence[float]


class Crowd:
    """Clients with a connection each, and the server behind every `response_url`."""

    def __init__(self, clients: int) -> None:
        self._clients = clients
        self.answers: dict[str, list[str]] = {}
        self._hearing: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}
        self._owed: set[str] = set()
        self._all_answered = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._hear, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/answer"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._hearing.values():
            writer.close()
        await asyncio.gather(*(task for task in self._hearing if task is not None))

    async def press(self, port: int, button: Button, members: Sequence[str], within: float = 0) -> Pressed:
        """Let each member press once, evenly spread over some seconds or without pauses, and wait for every answer.

        Raise TimeoutError if an answer does not come, and AssertionError if a click is not acknowledged.
        """
        self._owed = set(members) - self.answers.keys()
        self._all_answered.clear()
        requests = [signed(button.pressed(member, self.address)) for member in members]
        start, waits = time.perf_counter(), list[float]()
        clicks = ((start + number * within / len(requests), request) for number, request in enumerate(requests))
        await asyncio.gather(*(self._client(port, clicks, waits) for _ in range(min(self._clients, len(members)))))
        async with asyncio.timeout(PATIENCE):
            await self._all_answered.wait()
        return Pressed(time.perf_counter() - start, waits)

    async def _client(self, port: int, clicks: Iterator[tuple[float, bytes]], waits: list[float]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for moment, request in clicks:
            if (early := moment - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            before = time.perf_counter()
            writer.write(request)
            head, body = await _read(reader)
            waits.append(time.perf_counter() - before)
            assert (head[:12], body) == (b"HTTP/1.1 200", b""), (head, body)
        writer.close()

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._hearing[asyncio.current_task()] = writer
        while True:
            try:
                head, body = await _read(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            member = head.partition(b" HTTP/1.1")[0].rpartition(b"/")[2].decode()
            self.answers.setdefault(member, []).append(body.decode())
            writer.write(OK)
            self._owed.discard(member)
            if not self._owed:
                self._all_answered.set()


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    return head, await reader.readexactly(length)
