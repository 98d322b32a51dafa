"""Attacks by a sender without the signing secret: `python -m tests.faults.attacks NAME PORT SECONDS`.

Prints a line when the attack has begun; at its end, how many requests or connections it made.
"""

import asyncio
import contextlib
import os
import ssl
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable

ADDRESS = "127.0.0.2"  # of the attacker, as the proxy limits the requests of one address
PATIENCE = 15  # seconds until an attacker gives up waiting for an answer
COMMAND = b"team_id=T0BENCH&user_id=U0BENCH&command=%2Froleshift&text=learn+cost+spikes"
FORGED = (
    b"POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\n"
    b"x-slack-request-timestamp: %d\r\nx-slack-signature: v0=" + b"0" * 64 + b"\r\n"
)


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Attacker:
    """Sends, and holds connections open, until it is cancelled."""

    def __init__(self, port: int) -> None:
        self.port, self._tls, self.sent = port, trusting(), 0

    async def on_connections(self, count: int, work: Callable[["Attacker"], Awaitable[None]]) -> None:
        async def again() -> None:
            while True:
                try:
                    await work(self)
                except OSError:
                    await asyncio.sleep(0.05)

        await asyncio.gather(*(again() for _ in range(count)))

    async def exchange(self, request: bytes) -> None:
        """Send a request and read until the answer's head is there, or the other side hangs up."""
        async with self.connected() as (reader, writer):
            writer.write(request)
            with contextlib.suppress(TimeoutError, OSError):
                await asyncio.wait_for(reader.read(4_096), PATIENCE)
            self.sent += 1

    async def hold(self, beginning: bytes, *, tls: bool = True) -> None:
        """Send a beginning, and hold the connection until it is closed from the other side."""
        async with self.connected(tls=tls) as (reader, writer):
            writer.write(beginning)
            self.sent += 1
            await reader.read()

    @contextlib.asynccontextmanager
    async def connected(self, *, tls: bool = True) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self._tls if tls else None, local_addr=(ADDRESS, 0)
        )
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


def post(body: bytes, length: int | None = None) -> bytes:
    """Return a forged request whose timestamp is recent, so that the bot checks its signature."""
    return FORGED % int(time.time()) + b"content-length: %d\r\n\r\n" % (len(body) if length is None else length) + body


async def endless_header(attacker: Attacker) -> None:
    async with attacker.connected() as (reader, writer):
        attacker.sent += 1
        writer.write(FORGED % int(time.time()) + b"x-endless: ")
        for _ in range(300):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.read(100), PATIENCE)


FEWER = "1 MB of a&a&…, 4 connections"  # the same as the next attack, on fewer connections
ATTACKS: dict[str, tuple[int, Callable[[Attacker], Awaitable[None]]]] = {
    FEWER: (4, lambda attacker: attacker.exchange(post(b"a&" * 500_000))),
    "1 MB of a&a&…, 16 connections": (16, lambda attacker: attacker.exchange(post(b"a&" * 500_000))),
    "a header of 300 MB": (1, endless_header),
    "160 unfinished bodies": (160, lambda attacker: attacker.hold(post(b"a" * 900_000, 1_000_000))),
    "1,000 unfinished heads": (1_000, lambda attacker: attacker.hold(FORGED % int(time.time()) + b"x-slow: ")),
    "bad signatures, 32 connections": (32, lambda attacker: attacker.exchange(post(COMMAND))),
    "1,000 idle connections": (1_000, lambda attacker: attacker.hold(b"", tls=False)),
}


async def attack(name: str, port: int, seconds: float) -> None:
    """Attack for so many seconds, write down what was done, and end this process."""
    attacker = Attacker(port)
    attacking = asyncio.create_task(attacker.on_connections(*ATTACKS[name]))
    await asyncio.sleep(0.5)  # the probes begin when the attack is under way
    _say("begun")
    await asyncio.sleep(seconds)
    attacking.cancel()
    await asyncio.wait([attacking], timeout=5)
    _say(attacker.sent)
    os._exit(0)  # a connection that is slow to close must not keep this process, nor the proof that waits for it


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(attack(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
