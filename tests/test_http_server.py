"""The web server's limits, over real sockets: what a stranger sends is cut off, and everybody else is answered."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from prometheus_client import REGISTRY

from bot.playground.emulator.server import _Uvicorn
from bot.run import http_server
from bot.run.http_server import Limits, server_config
from bot.slack.door import AsgiApp, Receive, Scope, Send
from bot.slack.rejections import Rejections

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\n"
SOON = 0.05  # seconds, in place of the real deadlines


async def echo(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the length of the body; with nothing, as soon as more than a megabyte arrived."""
    size, more = 0, True
    while more and size <= 1_000_000:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    body = b"" if more else b"%d" % size
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


class Served:
    """A server within these limits."""

    def __init__(self, limits: Limits, port: int) -> None:
        self.limits, self.port = limits, port

    async def open(self, sent: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        return reader, writer

    async def ask(self, sent: bytes) -> bytes:
        """Send a whole request; the answer."""
        reader, writer = await self.open(sent)
        answer = await answer_of(reader)
        writer.close()
        return answer

    async def all_until_closed(self, sent: bytes) -> bytes:
        """Send something; everything that comes back until the server closes the connection."""
        reader, writer = await self.open(sent)
        came = b""
        with contextlib.suppress(ConnectionError):
            came = await reader.read()
        writer.transport.abort()
        return came


async def answer_of(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving(echo) as server:
        yield server


@contextlib.asynccontextmanager
async def serving(app: AsgiApp) -> AsyncIterator[Served]:
    config = server_config(app, Rejections(), 1)
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Uvicorn(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await server.listening.wait()
    yield Served(config.http.limits, listener.getsockname()[1])  # type: ignore[union-attr]  # our own protocol
    server.ending.set()
    await serving


@contextlib.contextmanager
def counted(reason: str) -> Iterator[None]:
    before = rejected(reason)
    yield
    assert rejected(reason) > before, f"nothing was counted as {reason}"


def rejected(reason: str) -> float:
    return REGISTRY.get_sample_value("roleshift_requests_rejected_total", {"reason": reason}) or 0


@pytest.mark.parametrize("length", [0, 1, 16_384, 100_000, 1_000_000])
async def test_a_body_of_any_allowed_size_arrives_whole(served: Served, length: int) -> None:
    request = POST + b"content-length: %d\r\n\r\n" % length + b"a" * length
    assert (await served.ask(request)).endswith(b"\r\n\r\n%d" % length)
    assert served.limits.buffered == 0


async def test_requests_that_follow_each_other_on_a_connection_are_answered(served: Served) -> None:
    reader, writer = await served.open()
    for length in (5, 70_000, 0, 5):
        writer.write(POST + b"content-length: %d\r\n\r\n" % length + b"a" * length)
        assert (await answer_of(reader)).endswith(b"\r\n\r\n%d" % length)
    writer.close()


async def test_requests_that_come_all_at_once_on_a_connection_are_answered_in_turn(served: Served) -> None:
    reader, writer = await served.open(b"".join(POST + b"content-length: %d\r\n\r\n" % n + b"a" * n for n in range(9)))
    for length in range(9):
        assert (await answer_of(reader)).endswith(b"\r\n\r\n%d" % length)
    writer.close()


@pytest.mark.parametrize(
    "head",
    [
        POST + b"x-long: " + b"x" * 40_000,
        POST + b"x-endless: " + b"x" * 3_000_000,
        b"GET /" + b"x" * 40_000,
        POST + b"".join(b"x-%d: y\r\n" % number for number in range(101)),
    ],
    ids=["a long header", "an endless header", "a long address", "many headers"],
)
async def test_too_long_a_head_is_cut_off(served: Served, head: bytes) -> None:
    with counted("size"):
        came = await served.all_until_closed(head)
    assert came.startswith(http_server.TOO_LARGE) or len(head) > http_server.MAX_DISCARDED
    assert (await served.ask(GET)).endswith(b"\r\n\r\n0")


@pytest.mark.parametrize(
    "rest",
    [b"1\r\na\r\n" * 20_000, b"1\r\na\r\n0\r\n" + b"x-trailer: " + b"x" * 40_000, b"1;" + b"x" * 40_000],
    ids=["chunks of one byte", "an endless trailer", "an endless chunk extension"],
)
async def test_too_much_around_a_chunked_body_is_cut_off(served: Served, rest: bytes) -> None:
    with counted("size"):
        assert await served.all_until_closed(POST + b"transfer-encoding: chunked\r\n\r\n" + rest) == b""


@pytest.mark.parametrize(
    "beginning",
    [b"POST", POST + b"x-slow: ", POST + b"content-length: 10\r\n\r\nabc"],
    ids=["a line", "a head", "a body"],
)
async def test_what_is_not_finished_in_time_is_closed(
    served: Served, beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "READ_DEADLINE", SOON)
    with counted("slow"):
        assert await served.all_until_closed(beginning) == b""


@pytest.mark.parametrize("beginning", [b"", b"\r\n"], ids=["nothing", "an empty line"])
async def test_an_idle_connection_is_closed(served: Served, beginning: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "READ_DEADLINE", SOON)
    assert await served.all_until_closed(beginning) == b""


async def test_a_byte_now_and_then_does_not_put_the_deadline_off(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "READ_DEADLINE", 10 * SOON)  # no pause of a busy machine is as long
    reader, writer = await served.open(POST + b"content-length: 1000000\r\n\r\n")
    ended = asyncio.create_task(reader.read())
    for _ in range(1_000):
        if ended.done():
            break
        writer.write(b"a")
        await asyncio.wait([ended], timeout=SOON / 10)
    assert ended.done()
    writer.transport.abort()


async def test_too_large_a_body_is_answered_at_once_and_not_read_on(served: Served) -> None:
    came = await served.all_until_closed(POST + b"content-length: 10000000\r\n\r\n" + b"a" * 1_500_000)
    assert came.startswith(b"HTTP/1.1 200")
    assert served.limits.buffered == 0


async def test_beyond_the_most_connections_the_one_that_waits_longest_gives_way(served: Served) -> None:
    served.limits.max_connections = 5
    held = [await served.open(POST) for _ in range(5)]
    with counted("crowded"):
        for _ in range(3):
            assert (await served.ask(GET)).endswith(b"\r\n\r\n0")
    assert await held[0][0].read() == b"", "the oldest must have been closed"
    held[-1][1].write(b"content-length: 1\r\n\r\na")
    assert (await answer_of(held[-1][0])).endswith(b"\r\n\r\n1"), "the newest must have been left alone"
    for _, writer in held:
        writer.transport.abort()


async def test_when_bodies_take_too_much_memory_the_largest_gives_way(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "MAX_BUFFERED", 100_000)
    small, writer = await served.open(POST + b"content-length: 6\r\n\r\nabc")
    with counted("crowded"):
        assert await served.all_until_closed(POST + b"content-length: 150000\r\n\r\n" + b"a" * 140_000) == b""
    writer.write(b"def")
    assert (await answer_of(small)).endswith(b"\r\n\r\n6")
    writer.close()
    assert served.limits.buffered == 0


async def test_a_large_body_that_would_not_fit_is_closed_before_it_is_read_and_a_small_body_is_read(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "MAX_BUFFERED", 300_000)
    _, held = await served.open(POST + b"content-length: 150000\r\n\r\n" + b"a" * 140_000)
    while served.limits.buffered < 140_000:  # noqa: ASYNC110 - the server tells nobody how much it has read
        await asyncio.sleep(0)
    with counted("crowded"):
        assert await served.all_until_closed(POST + b"content-length: 250000\r\n\r\n") == b""
    held.transport.abort()
    assert (await served.ask(POST + b"content-length: 50000\r\n\r\n" + b"a" * 50_000)).endswith(b"\r\n\r\n50000")


async def test_what_is_no_http_is_refused_and_counted(served: Served) -> None:
    with counted("malformed"):
        assert (await served.all_until_closed(b"\x16\x03\x01\x02\x00")).startswith(b"HTTP/1.1 400")


async def test_a_websocket_does_not_leave_the_limits_behind(served: Served) -> None:
    upgrade = b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: eA==\r\n"
    assert (await served.ask(b"GET / HTTP/1.1\r\nhost: x\r\n" + upgrade + b"\r\n")).startswith(b"HTTP/1.1 200")


async def test_nothing_is_left_of_connections_that_are_gone(served: Served) -> None:
    for sent in (b"", GET, POST, POST + b"content-length: 9\r\n\r\nabc"):
        reader, writer = await served.open(sent)
        if sent is GET:
            await answer_of(reader)
        writer.close()
        await writer.wait_closed()
    while served.limits.connections:  # noqa: ASYNC110 - the server tells nobody that a connection is gone
        await asyncio.sleep(0)
    assert (served.limits.reading, served.limits.buffered) == ({}, 0)


@pytest.mark.parametrize(("open_files", "most"), [(1_024, 774), (300, 50), (64, 10), (100_000, 800), (-1, 800)])
def test_fewer_connections_are_held_than_files_may_be_open(
    open_files: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "getrlimit", lambda _: (open_files, open_files))
    assert http_server.max_connections() == most


async def test_an_answer_without_a_body_arrives(served: Served) -> None:
    reader, writer = await served.open(b"HEAD / HTTP/1.1\r\nhost: x\r\n\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
    writer.close()


async def test_a_client_that_asks_whether_to_send_its_body_is_told_to_continue(served: Served) -> None:
    reader, writer = await served.open(POST + b"content-length: 3\r\nexpect: 100-continue\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"abc")
    assert (await answer_of(reader)).endswith(b"\r\n\r\n3")
    writer.close()


async def test_no_header_tells_who_a_proxy_speaks_for() -> None:
    clients: list[str] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        clients.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    async with serving(app) as server:
        reader, writer = await server.open(GET[:-2] + b"x-forwarded-for: 10.1.2.3\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.close()
    assert clients == ["127.0.0.1"]
