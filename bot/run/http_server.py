"""The web server's limits: how much memory and time a client may use before it has proved to be Slack.

The server is uvicorn with httptools. A subclass of its protocol adds the limits that it lacks. The alternatives:

- uvicorn with h11 limits the size of a head, but has no deadline for a head or a body, and at its limit of connections
  it answers 503 to everybody, `/healthz` included. It also costs more processor time: bot/README.md has the figures.
- hypercorn has a timeout for each read, which a client that sends a byte now and then never meets, and no limit of
  connections. granian has a deadline for heads only, no limit of connections, and needs its own processes.
"""

import asyncio
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from bot.slack.door import AsgiApp
from bot.slack.rejections import Reason, Rejections

MAX_OVERHEAD = 32 * 1024  # bytes of a request that are not its body: its head, chunk sizes, trailers
MAX_HEADERS = 100
SLICE = 16 * 1024  # bytes that are parsed at once, so that a long head is noticed before it is parsed
READ_DEADLINE = 10  # seconds for a whole request, head and body
ANSWER_DEADLINE = 60  # seconds for the answer, in case the client does not read it
IDLE_TIMEOUT = 5  # seconds between two requests
LINGER = 1  # seconds for a rejected client to read the answer before the connection is closed
MAX_BUFFERED = 4_000_000  # bytes of bodies that are being read, of all connections together
MAX_SMALL_BODY = 200_000  # bytes; Slack's requests are smaller, so they are read however many large ones arrive
MAX_CONNECTIONS = 800
MAX_DISCARDED = 2_000_000  # bytes that a rejected client may still send, so that it gets to read the answer
RESERVED_FILES = 250  # for the database, calls to Slack and connections that were accepted but not yet counted
BACKLOG = 100
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Limits:
    """What all connections of a server share. `reading` begins with the connection that has been sending longest."""

    def __init__(self, rejections: Rejections) -> None:
        self.rejections = rejections
        self.max_connections = max_connections()
        self.reading: dict[LimitedProtocol, int] = {}  # connection → bytes of its body read so far
        self.connections = 0
        self.buffered = 0

    def make_room(self) -> None:
        """Close the connection that has been reading longest; Slack's own requests arrive within milliseconds."""
        if self.connections > self.max_connections and self.reading:
            self.rejections.add(Reason.CROWDED)
            next(iter(self.reading)).abort()

    def reserve(self, connection: "LimitedProtocol", size: int) -> None:
        """Close a connection whose announced body would not fit beside those that are arriving, before it is read.

        A body that is too large by itself gets an answer from the application, which does not read it either.
        """
        if MAX_SMALL_BODY < size <= MAX_BUFFERED < self.buffered + size:
            self.rejections.add(Reason.CROWDED)
            connection.abort()

    def buffer(self, connection: "LimitedProtocol", size: int) -> None:
        """Count a piece of a body. If all bodies together exceed the limit, close the connection with the largest."""
        self.reading[connection] = self.reading.get(connection, 0) + size
        self.buffered += size
        if self.buffered > MAX_BUFFERED:
            self.rejections.add(Reason.CROWDED)
            max(self.reading, key=self.reading.__getitem__).abort()


def max_connections() -> int:
    """Return how many connections may be open at once, given the process's limit of open files."""
    open_files, _ = getrlimit(RLIMIT_NOFILE)
    if open_files == RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(min(MAX_CONNECTIONS, open_files - RESERVED_FILES), 10)


class HeadWithBody(asyncio.Transport):
    """A transport for one answer that sends its head together with its body. uvloop would send each piece at once."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport, self._head, self._is_first = transport, b"", True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep the first piece; send each other one, and the first before the second."""
        if self._is_first:
            self._head, self._is_first = bytes(data), False
            return
        self._transport.write(self._head + data)
        self._head = b""

    def close(self) -> None:
        """Send what is kept, as the application failed before the body, and close the connection."""
        self._transport.write(self._head)
        self._transport.close()

    def is_closing(self) -> bool:
        """Return whether the connection is closed or about to be."""
        return self._transport.is_closing()


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's connection, with limits for what arrives and for how long it may take."""

    limits: Limits

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._piece = self._overhead = 0
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._discarded: int | None = None  # bytes; None while what arrives is still parsed

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.limits.connections += 1
        self._read()
        self._check_deadline()
        self.limits.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.limits.connections -= 1
        self._stop_reading()
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), SLICE):
            if self.transport.is_closing():
                return
            if self._discarded is not None:
                self._discard(len(data) - start)
                return
            piece = data[start : start + SLICE]
            self._piece = len(piece)
            self._overhead += self._piece
            super().data_received(piece)
            if self._overhead > MAX_OVERHEAD or len(self.headers or ()) > MAX_HEADERS:
                self._reject_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._overhead = self._piece  # the request begins somewhere in this piece
        self._read()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        if length.isdigit() and len(length) < 10:
            self.limits.reserve(self, int(length))
        if self.scope["method"] == "POST" and not self.cycle.waiting_for_100_continue:  # an answer to HEAD has no body
            self.cycle.transport = HeadWithBody(self.transport)

    def on_body(self, body: bytes) -> None:
        self._overhead -= len(body)
        super().on_body(body)
        if not self.cycle.response_complete:
            self.limits.buffer(self, len(body))

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._stop_reading()
        self._deadline = self.loop.time() + ANSWER_DEADLINE

    def on_response_complete(self) -> None:
        has_unread_body = not self.pipeline and self.cycle.more_body
        super().on_response_complete()
        if has_unread_body:
            self._stop_reading()
            self._close_gently()
        elif not self.pipeline:
            self._read()

    def send_400_response(self, msg: str) -> None:
        self.limits.rejections.add(Reason.MALFORMED, "this is not HTTP: strangers, or HTTPS without a proxy")
        super().send_400_response(msg)

    def abort(self) -> None:
        """Close the connection at once, whatever its state."""
        self._stop_reading()
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request; uvicorn's types omit it
        if cycle is not None:
            cycle.body = bytearray()  # many may be aborted before the event loop ends the first
        self.transport.abort()

    def _read(self) -> None:
        """Start to read a request, and put the connection last in the order of `reading`."""
        self._stop_reading()
        self.limits.reading[self] = 0
        self._deadline = self.loop.time() + READ_DEADLINE

    def _stop_reading(self) -> None:
        self.limits.buffered -= self.limits.reading.pop(self, 0)

    def _check_deadline(self) -> None:
        """Close the connection if its time is over, else check again later: cheaper than a timer for each request."""
        left = self._deadline - self.loop.time()
        if left > 0:
            self._timer = self.loop.call_later(min(left, READ_DEADLINE), self._check_deadline)
            return
        if self in self.limits.reading and self._overhead:
            self.limits.rejections.add(Reason.SLOW)
        self.abort()

    def _reject_head(self) -> None:
        self.limits.rejections.add(Reason.SIZE)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            self.abort()  # an answer is being sent; a second would corrupt it
            return
        self._stop_reading()
        self.transport.write(TOO_LARGE)
        self._close_gently()

    def _close_gently(self) -> None:
        """Keep reading for a moment and discard what arrives: after a close at once, the client may lose the answer."""
        if self.transport.is_closing():
            return
        self._discarded = 0
        self.flow.resume_reading()
        self.transport.write_eof()
        self._deadline = self.loop.time() + LINGER
        self.loop.call_later(LINGER, self.transport.abort)

    def _discard(self, size: int) -> None:
        self._discarded = (self._discarded or 0) + size
        if self._discarded > MAX_DISCARDED:
            self.abort()


def server_config(app: AsgiApp, rejections: Rejections, grace: int) -> uvicorn.Config:
    """Return uvicorn's configuration with these limits. `grace`: seconds for open requests when the server stops."""

    class Protocol(LimitedProtocol):
        limits = Limits(rejections)

    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",  # the limits do not cover WebSockets
        proxy_headers=False,  # nothing reads the client's address; to look for it costs 2 to 4 µs a request
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_TIMEOUT,
        timeout_graceful_shutdown=grace,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",  # a stranger must not be able to fill the log with warnings
        server_header=False,
    )
