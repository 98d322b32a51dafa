"""Joins the parts of the stand-in into one Starlette application and runs it, in this process or its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.playground.acts import RETRY_AFTER, Acts
from bot.playground.changes import Change
from bot.playground.clock import MovableClock
from bot.playground.delivery import HttpDelivery, SocketDelivery
from bot.playground.hub import Hub
from bot.playground.manifest import SlackApp, app_from_manifest
from bot.playground.page import HEADERS, Page
from bot.playground.people import Roster, sample
from bot.playground.record import Record
from bot.playground.web_api import WebApi
from bot.playground.workspace import Workspace

Endpoint = Callable[[Request], Awaitable[Response]]


class OwnAddressOnly:
    """Refuses what a foreign page could send: a Host that isn't ours, or a page POST from another origin."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.origins = {f"http://{host}" for host in self.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._allowed(scope):
            if scope["type"] == "http":
                await Response("Forbidden", 403, HEADERS, "text/plain")(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 4003})
            return
        await self.app(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get("host") not in self.hosts:
            return False
        origin, path = headers.get("origin"), scope["path"]
        if path.startswith("/page/") and scope.get("method") == "POST":
            return origin in self.origins and headers.get("content-type") == "application/json"
        return origin is None or origin in self.origins


class _Server(uvicorn.Server):
    """Says when it listens, and leaves signals to whoever runs the loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class StandIn:
    """A Slack of one's own: `async with StandIn() as slack:` listens on 127.0.0.1 until the block ends."""

    def __init__(  # noqa: PLR0913 -- each is a dial that some test turns by its name
        self,
        *rosters: Roster,
        port: int = 0,
        app: SlackApp | None = None,
        clock_file: Path | None = None,
        posts_file: Path | None = None,
        timeout: float = 3.0,
        retry_after: tuple[float, ...] = RETRY_AFTER,
    ) -> None:
        self.app = app or app_from_manifest()
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.timeout = timeout
        clock = MovableClock(clock_file)
        workspaces = [Workspace(roster, clock, self.app.name) for roster in rosters or (sample(),)]
        self.socket = SocketDelivery(self.app.id, timeout, self._connection_changed)
        by_id = {workspace.id: workspace for workspace in workspaces}
        self.hub = Hub(self.app, self.url, clock, by_id, self.socket, Record(posts_file))
        self.acts = {workspace.id: Acts(self.hub, workspace, retry_after) for workspace in workspaces}
        self.workspace = workspaces[0]
        self.page = Page(self.hub, self.acts[self.workspace.id])
        self._server: _Server | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        return self.workspace.bot_token

    @property
    def app_token(self) -> str:
        return self.app.app_token

    @property
    def signing_secret(self) -> str:
        return self.app.signing_secret

    def deliver_to(self, bot_url: str) -> None:
        """From now on payloads go to this request url, as signed HTTP requests."""
        self.hub.delivery = HttpDelivery(bot_url, self.app.signing_secret, self.timeout)

    def asgi(self) -> Starlette:
        api, page = WebApi(self.hub), self.page
        posts = {"say": page.say, "click": page.click, "submit": page.submit, "close": page.close}
        posts |= {"read": page.read, "home": page.home, "clock": page.clock}
        routes = [
            Route("/", page.index),
            Route("/web/{file:path}", page.part),
            Route("/page/state", page.state),
            Route("/page/events", page.events),
            *(Route(f"/page/{name}", page.act(do), methods=["POST"]) for name, do in posts.items()),
            Route("/api/{method}", api.call, methods=["GET", "POST"]),
            Route("/response/{workspace}/{secret}", api.response_url, methods=["POST"]),
            WebSocketRoute("/link/", self.socket.serve),
            WebSocketRoute("/link", self.socket.serve),
        ]
        return Starlette(routes=routes, middleware=[Middleware(OwnAddressOnly, port=self.port)])

    async def __aenter__(self) -> Self:
        config = uvicorn.Config(self.asgi(), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        self._server = _Server(config)
        self._running = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        await self._server.listening.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.page.stop()
        await self.socket.stop()
        await self.hub.delivery.stop()
        if self._server and self._running:
            self._server.should_exit = True
            await self._running
        self.hub.record.close()

    def _connection_changed(self) -> None:
        for workspace in self.hub.workspaces.values():
            workspace.tell(Change("connected", None))
