"""Joins the parts of the stand-in into one Starlette application and runs it, in this process or its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from pathlib import Path
from typing import Self

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.playground.acts import Acts
from bot.playground.changes import Change
from bot.playground.clock import MovableClock
from bot.playground.control import Control
from bot.playground.delivery import Delivery, HttpDelivery, SocketDelivery
from bot.playground.events import RETRY_AFTER
from bot.playground.faults import Faults
from bot.playground.hands import Hands
from bot.playground.hub import Hub, Refused
from bot.playground.limits import Limits
from bot.playground.manifest import SlackApp, app_from_manifest
from bot.playground.page import Page
from bot.playground.people import Roster, generated, sample
from bot.playground.record import Post, Record
from bot.playground.server import Server
from bot.playground.travel import Travel
from bot.playground.web_api import WebApi
from bot.playground.workspace import Workspace


class StandIn(Hands):
    """A Slack of one's own: `async with StandIn() as slack:` listens on 127.0.0.1 until the block ends.

    Its acts (`slack.command(…)`) are those of people in the first workspace; `slack.hands[id]` are for the others.
    """

    def __init__(
        self,
        *rosters: Roster,
        port: int = 0,
        app: SlackApp | None = None,
        clock_file: Path | None = None,
        posts_file: Path | None = None,
        timeout: float = 3.0,
        retry_after: tuple[float, ...] = RETRY_AFTER,
        control: bool = False,
    ) -> None:
        self.app, self.timeout, self.control = app or app_from_manifest(), timeout, control
        self.server = Server(port)
        self.url = self.server.url
        self.clock = MovableClock(clock_file)
        workspaces = [Workspace(roster, self.clock, self.app.name) for roster in rosters or (sample(),)]
        self.socket = SocketDelivery(self.app.id, timeout, self._connection_changed)
        self._deliveries: list[Delivery] = [self.socket]
        by_id = {workspace.id: workspace for workspace in workspaces}
        self.hub = Hub(self.app, self.url, self.clock, by_id, self.socket, Record(posts_file))
        self.hands = {one.id: Hands(Acts(self.hub, one, retry_after)) for one in workspaces}
        super().__init__(self.hands[workspaces[0].id].acts)
        self.travel = Travel(self.clock, self.workspace)
        self.page = Page(self.hub, self.acts, self.travel)

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

    @property
    def workspaces(self) -> dict[str, Workspace]:
        return self.hub.workspaces

    @property
    def posts(self) -> list[Post]:
        return self.hub.record.posts

    @property
    def refused(self) -> list[Refused]:
        """What the app sent that Slack would not take; a clean run ends with none."""
        return self.hub.refused

    @property
    def faults(self) -> Faults:
        return self.hub.faults

    @property
    def limits(self) -> Limits:
        return self.hub.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.hub.limits = limits

    def deliver_to(self, bot_url: str) -> Delivery:
        """From now on payloads go to this request url, as signed HTTP requests."""
        delivery = self.hub.delivery = HttpDelivery(bot_url, self.app.signing_secret, self.timeout)
        self._deliveries.append(delivery)
        return delivery

    def environment(self) -> dict[str, str]:
        """The variables that make a bot talk to this Slack."""
        return {
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_APP_TOKEN": self.app_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
            "SLACK_API_URL": self.api_url,
        }

    def asgi(self) -> Starlette:
        api = WebApi(self.hub)
        routes: list[BaseRoute] = [
            *self.page.routes(),
            Route("/api/{method}", api.call, methods=["GET", "POST"]),
            Route("/response/{workspace}/{secret}", api.response_url, methods=["POST"]),
            WebSocketRoute("/link/", self.socket.serve),
        ]
        if self.control:
            control = Control(self.hub, self.hands)
            routes += [
                Route("/control/faults", control.faults, methods=["POST"]),
                Route("/control/posts", control.posts),
                Route("/control/act", control.act, methods=["POST"]),
            ]
        return Starlette(routes=routes)

    async def __aenter__(self) -> Self:
        await self.server.start(self.asgi())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.page.stop()
        for hands in self.hands.values():
            await hands.acts.events.stop()
        for delivery in self._deliveries:
            await delivery.stop()
        await self.server.stop()
        self.hub.record.close()

    def _connection_changed(self) -> None:
        for workspace in self.hub.workspaces.values():
            workspace.tell(Change("connected", None))


async def _run(arguments: argparse.Namespace) -> None:
    rosters = [generated(arguments.members, f"T{number}") for number in range(arguments.workspaces)]
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    options = {"posts_file": arguments.posts_file, "control": arguments.control}
    async with StandIn(*rosters, port=arguments.port, **options) as slack:
        if arguments.deliver_to:
            slack.deliver_to(arguments.deliver_to)
        tokens = {workspace.id: workspace.bot_token for workspace in slack.workspaces.values()}
        where = {"url": slack.url, "environment": slack.environment(), "bot_tokens": tokens}
        print(json.dumps(where), flush=True)  # noqa: T201 -- the one line that the starter reads
        await stop.wait()


def main() -> None:
    """Runs a stand-in on its own until SIGTERM; its first line of output says where it is and with which tokens."""
    parser = argparse.ArgumentParser(prog="python -m bot.playground.standin", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control", action="store_true", help="allow /control/…")
    parser.add_argument("--posts-file", type=Path, help="append every accepted post to this file, a line each")
    parser.add_argument("--deliver-to", help="send payloads to this request url instead of Socket Mode")
    parser.add_argument("--workspaces", type=int, default=0, help="generated workspaces instead of the sample one")
    parser.add_argument("--members", type=int, default=10, help="of each generated workspace")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
