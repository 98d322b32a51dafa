"""HTTP answers that are broken on purpose: closed sockets, half bodies, HTML, silence."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.playground.emulator.faults import Fault, How

HTML = "<html><body><h1>Slack is down for maintenance</h1></body></html>"
EXTENSION = "emulator.transport"


class OpenProtocol(HttpToolsProtocol):
    """Give the application access to the transport, so that a broken answer can close it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"transport": self.transport}}


class Cut(Response):
    """Close the connection after `part` of the answer. A reset sends RST instead of FIN."""

    def __init__(self, body: bytes = b"", *, reset: bool = False) -> None:
        super().__init__(body, media_type="application/json")
        self.reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope["extensions"][EXTENSION]["transport"]
        if self.body:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            half = bytes(self.body)[: len(self.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if self.reset:
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        else:
            transport.close()
        await gone(receive)


class Silence(Response):
    """Send nothing until the caller gives up."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        await gone(receive)


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


SPOILED: dict[How, Callable[[Fault, bytes], Response]] = {
    "close": lambda _fault, _body: Cut(),
    "reset": lambda _fault, _body: Cut(reset=True),
    "half": lambda _fault, body: Cut(body),
    "html": lambda _fault, _body: Response(HTML, 200, media_type="text/html"),
    "empty": lambda _fault, _body: Response("", 200, media_type="application/json"),
    "status": lambda fault, _body: Response(HTML, fault.status, media_type="text/html"),
    "hang": lambda _fault, _body: Silence(),
}


def spoiled(fault: Fault, body: bytes = b'{"ok":true,"cut":"here"}') -> Response:
    return SPOILED[fault.how](fault, body)
