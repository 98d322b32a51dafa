"""Send signed commands one at a time, with as little other work as possible."""

import contextlib
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Self

from tests.benchmarks.minimal_slack import SECRET, WORKSPACE, form
from tests.benchmarks.processes import Running

CHUNK = 1 << 16
PATIENCE = 10  # seconds for an answer; Slack itself waits for three


def call(server: Running, *texts: str) -> str:
    """Send commands, and return the body of the last answer. Raise AssertionError unless each status is 200."""
    answer = ""
    with Connection(server.port) as connection:
        for text in texts:
            answer = connection.exchange(signed(form(text).encode()))
    return answer


class Connection:
    """Sends one request after the other."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def timed(self, request: bytes) -> float:
        """Return the seconds until the whole answer has arrived."""
        start = time.perf_counter()
        self.exchange(request)
        return time.perf_counter() - start

    def exchange(self, request: bytes) -> str:
        """Return the body of the answer. Raise AssertionError unless the status is 200."""
        head, body = self.answer(request)
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(f"{head!r} {body!r}")
        return body.decode()

    def answer(self, request: bytes) -> tuple[bytes, bytes]:
        self._socket.sendall(request)
        answer = self._socket.recv(CHUNK)
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return head, body

    def _more(self) -> bytes:
        if not (more := self._socket.recv(CHUNK)):
            raise AssertionError("the server hung up")
        return more


@contextlib.contextmanager
def asking(
    port: int, names: Sequence[str], every: float, askers: int, workspace: str = WORKSPACE
) -> Iterator[list[float]]:
    """Let members type `/roleshift myrole` in a fixed rhythm while this is entered. Yield the seconds each waited.

    A wait is counted from the planned moment on, also if the command came too late, as all askers were waiting.
    """
    waits: list[float] = []
    over, start, numbers = threading.Event(), time.monotonic(), count()

    def ask() -> None:
        for number in numbers:
            planned = start + number * every
            if over.wait(max(planned - time.monotonic(), 0)):
                return
            with contextlib.suppress(OSError, AssertionError), Connection(port) as connection:
                connection.exchange(signed(form("myrole", names[number % len(names)], workspace).encode()))
                waits.append(time.monotonic() - planned)
                continue
            waits.append(PATIENCE)

    threads = [threading.Thread(target=ask) for _ in range(askers)]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        over.set()
        for thread in threads:
            thread.join()


def signed(body: bytes, content_type: str = "application/x-www-form-urlencoded") -> bytes:
    """Return the whole request, as Slack would send it now."""
    now = int(time.time())
    head = [
        "POST /slack/events HTTP/1.1", "host: 127.0.0.1", "user-agent: Slackbot 1.0 (+https://api.slack.com/robots)",
        "accept: application/json,*/*", f"content-type: {content_type}", f"content-length: {len(body)}",
        f"x-slack-request-timestamp: {now}",
        f"x-slack-signature: v0={hmac.new(SECRET.encode(), f'v0:{now}:'.encode() + body, hashlib.sha256).hexdigest()}",
    ]  # fmt: skip
    return "\r\n".join([*head, "", ""]).encode() + body
