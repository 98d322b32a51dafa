"""The web server sends the head of an answer to Slack together with its body."""

import asyncio

from uvicorn.server import ServerState

from bot.run.http_server import server_config
from bot.slack.door import AsgiApp, Receive, Scope, Send
from bot.slack.rejections import Rejections

POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc"
HEAD = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]}


async def answers(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({**HEAD})
    await send({"type": "http.response.body", "body": b"3"})


async def fails(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({**HEAD})
    raise RuntimeError


class Pieces(asyncio.Transport):
    """A connection that keeps apart what is written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_open = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.is_open = False

    def is_closing(self) -> bool:
        return not self.is_open


async def written_for(app: AsgiApp) -> Pieces:
    """Return what a server writes to a connection on which a request came."""
    config = server_config(app, Rejections(), 1)
    config.load()
    state, connection = ServerState(), Pieces()
    protocol = config.http_protocol_class(config, state, {})  # type: ignore[call-arg]  # uvicorn's own constructor
    protocol.connection_made(connection)
    protocol.data_received(POST)
    await asyncio.gather(*state.tasks)
    protocol.connection_lost(None)
    return connection


async def test_an_answer_goes_out_in_one_piece() -> None:
    connection = await written_for(answers)
    (answer,) = connection.written
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n3")


async def test_an_application_that_fails_between_head_and_body_ends_the_connection() -> None:
    connection = await written_for(fails)
    assert not connection.is_open
    assert b"".join(connection.written).endswith(b"content-length: 1\r\n\r\n")
