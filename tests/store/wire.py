"""A wire between the store and PostgreSQL that breaks at the moment a test chooses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Self

from sqlalchemy import make_url

COMMIT = b"COMMIT;"  # asyncpg sends it as text; its BEGIN holds `READ COMMITTED;`
GOODBYE = b"X\0\0\0\4"  # with which a client ends a connection


class Wire:
    """Passes bytes both ways until the client sends what `strike` names; then it is of no use, and new ones neither.

    `delivered`: whether those last bytes still reach the server, which answers them. `silent`: whether the client
    hears nothing more, instead of finding the wire cut.
    """

    def __init__(self, address: str) -> None:
        self._server = make_url(address)
        self._trigger: bytes | None = None
        self._delivered = self._silent = self._broken = False
        self._pipes: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        """Return the address at which the store reaches the server through this wire."""
        host, port = self._listening.sockets[0].getsockname()
        return self._server.set(host=host, port=port).render_as_string(hide_password=False)

    def strike(self, trigger: bytes, *, delivered: bool = False, silent: bool = False) -> None:
        """Break the connection as soon as the client sends bytes that contain `trigger`."""
        self._trigger, self._delivered, self._silent = trigger, delivered, silent

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)
        for end in self._ends:
            end.close()

    async def _connected(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._ends.add(to_client)
        if self._broken:
            self._hang_up(to_client)
            return
        server, to_server = await asyncio.open_connection(self._server.host, self._server.port)
        self._ends.add(to_server)
        self._pipes |= {
            asyncio.ensure_future(self._up(client, to_server, to_client)),
            asyncio.ensure_future(self._down(server, to_client)),
        }

    async def _up(self, client: asyncio.StreamReader, server: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        async for data in _chunks(client):
            if self._trigger is None or self._trigger not in data:
                server.write(data)
                continue
            self._broken = True
            if not self._delivered:
                self._hang_up(back)
                break
            server.write(data)
        server.close()

    async def _down(self, server: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        async for data in _chunks(server):
            if self._broken:  # these bytes are the answer to the last ones: what they asked for is done
                self._hang_up(client)
                return
            client.write(data)
        self._hang_up(client)

    def _hang_up(self, client: asyncio.StreamWriter) -> None:
        if not self._silent:
            client.close()


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            yield data
