"""The emulator's web server: only on 127.0.0.1, closed to foreign web pages, run inside the caller's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.playground.emulator.faults import OpenProtocol

# Seconds that open requests (a hanging answer, say) get when the server stops.
GRACE = 1


class OwnAddressOnly:
    """Refuses requests that a foreign web page could send: with another Host, or a page's POST from another origin."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.origins = {f"http://{host}" for host in hosts}
        self.hosts = hosts | {"127.0.0.1", "localhost"}  # slack_sdk's own Socket Mode client names no port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or self._allowed(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await Response("Forbidden", 403, media_type="text/plain")(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4003})

    def _allowed(self, scope: Scope) -> bool:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get("host") not in self.hosts:
            return False
        origin, path = headers.get("origin"), scope["path"]
        if path.startswith("/page/") and scope.get("method") == "POST":
            content_type = headers.get("content-type", "").partition(";")[0].strip()
            return origin in self.origins and content_type == "application/json"
        return origin is None or origin in self.origins


class _Uvicorn(uvicorn.Server):
    """Uvicorn's server, which waits for events instead of polling, and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening, self.ending = asyncio.Event(), asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        await self.ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if tasks := set(self.server_state.tasks):
            _, late = await asyncio.wait(tasks, timeout=GRACE)
            for task in late:
                task.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Server:
    """Listens from the moment it is made; serves an application between `start` and `stop`."""

    def __init__(self, port: int = 0) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each second answer waits for 40 ms
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def start(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            OwnAddressOnly(app, self.port),
            http=OpenProtocol,
            log_level="error",
            lifespan="off",
            timeout_keep_alive=60,  # longer than apps keep an idle connection, else a call may meet its end
            date_header=False,  # Slack's time is that of the emulator's clock
        )
        self._uvicorn = _Uvicorn(config)
        self._running = asyncio.create_task(self._uvicorn.serve(sockets=[self._socket]))
        await self._uvicorn.listening.wait()

    async def stop(self) -> None:
        self._uvicorn.ending.set()
        await self._running
