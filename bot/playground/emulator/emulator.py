"""Join the parts of the emulator into one web application, and run it on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.playground.emulator.acts import Acts
from bot.playground.emulator.authorize import AuthorizePage
from bot.playground.emulator.changes import Change
from bot.playground.emulator.clock import MovableClock
from bot.playground.emulator.delivery import Delivery, HttpDelivery, SocketDelivery
from bot.playground.emulator.events import RETRY_AFTER
from bot.playground.emulator.faults import Limits
from bot.playground.emulator.hub import Hub
from bot.playground.emulator.manifest import SlackApp
from bot.playground.emulator.people import Roster
from bot.playground.emulator.server import Server
from bot.playground.emulator.web_api import WebApi
from bot.playground.emulator.workspace import Workspace


class Part(Protocol):
    """Something that the emulator serves beside Slack's own addresses, such as the page."""

    def routes(self) -> Sequence[BaseRoute]: ...

    def stop(self) -> None:
        """End open connections, so that the server can stop."""


class Emulator:
    """Emulates Slack for one app in one or more workspaces: `async with Emulator(app, roster) as slack:` serves it."""

    def __init__(
        self,
        app: SlackApp,
        *rosters: Roster,
        port: int = 0,
        clock_file: Path | None = None,
        timeout: float = 3.0,
        retry_after: tuple[float, ...] = RETRY_AFTER,
    ) -> None:
        self.app, self.timeout = app, timeout
        self.server = Server(port)
        self.url = self.server.url
        self.clock = MovableClock(clock_file)
        self.socket = SocketDelivery(app.id, timeout, self._connection_changed)
        self._deliveries: list[Delivery] = [self.socket]
        workspaces = {roster.id: Workspace(roster, self.clock, app.name) for roster in rosters}
        self.hub = Hub(app, self.url, self.clock, workspaces, self.socket)
        self.acts_in = {key: Acts(self.hub, workspace, retry_after) for key, workspace in workspaces.items()}
        self.acts = self.acts_in[rosters[0].id]
        self.workspaces, self.workspace = workspaces, self.acts.workspace
        self.api_url, self.bot_token = f"{self.url}/api/", self.workspace.bot_token
        self.posts, self.faults = self.hub.posts, self.hub.faults
        self.refused = self.hub.refused  # what the app sent that Slack would refuse: nothing in a clean run
        self._parts: list[Part] = []

    @property
    def limits(self) -> Limits:
        return self.hub.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.hub.limits = limits

    def add(self, part: Part) -> None:
        """Serve this part too; call it before the emulator starts."""
        self._parts.append(part)

    def deliver_to(self, request_url: str) -> Delivery:
        """Send payloads to this request URL from now on, as signed HTTP requests."""
        delivery = self.hub.delivery = HttpDelivery(request_url, self.app.signing_secret, self.timeout)
        self._deliveries.append(delivery)
        return delivery

    def environment(self) -> dict[str, str]:
        """Return the environment variables that connect an app to this emulator: no app token with a request URL."""
        by_socket = isinstance(self.hub.delivery, SocketDelivery)
        return {
            "SLACK_BOT_TOKEN": self.bot_token,
            **({"SLACK_APP_TOKEN": self.app.app_token} if by_socket else {}),
            "SLACK_SIGNING_SECRET": self.app.signing_secret,
            "SLACK_API_URL": self.api_url,
        }

    def oauth_environment(self) -> dict[str, str]:
        """Return the environment variables of an app that workspaces install through OAuth."""
        return {
            "SLACK_CLIENT_ID": self.app.client_id,
            "SLACK_CLIENT_SECRET": self.app.client_secret,
            "SLACK_SIGNING_SECRET": self.app.signing_secret,
            "SLACK_API_URL": self.api_url,
        }

    async def reset(self) -> None:
        """Put workspaces, clock and records back to how they were at the start; the app keeps its tokens."""
        for acts in self.acts_in.values():
            await acts.events.stop()
        self.clock.reset()
        self.hub.forget()
        for workspace in self.workspaces.values():
            workspace.reset()

    def asgi(self) -> Starlette:
        api, authorize = WebApi(self.hub), AuthorizePage(self.hub)
        routes: list[BaseRoute] = [
            Route("/oauth/v2/authorize", authorize.ask, methods=["GET"]),
            Route("/oauth/v2/authorize", authorize.answer, methods=["POST"]),
            Route("/api/{method}", api.call, methods=["GET", "POST"]),
            Route("/response/{workspace}/{secret}", api.response_url, methods=["POST"]),
            Route("/upload/v1/{secret}", api.upload, methods=["POST"]),
            WebSocketRoute("/link/", self.socket.serve),
        ]
        for part in self._parts:
            routes.extend(part.routes())
        return Starlette(routes=routes)

    async def __aenter__(self) -> Self:
        await self.server.start(self.asgi())
        return self

    async def __aexit__(self, *_: object) -> None:
        for part in self._parts:
            part.stop()
        for acts in self.acts_in.values():
            await acts.events.stop()
        for delivery in self._deliveries:
            await delivery.stop()
        await self.server.stop()

    def _connection_changed(self) -> None:
        for workspace in self.workspaces.values():
            workspace.tell(Change("connected", None))
