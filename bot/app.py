"""Joins the parts: the only wiring, done when the bot starts and undone when it stops."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import aiohttp
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot import content
from bot.clock import Clock, MovableClock
from bot.coach import membership
from bot.config import Settings
from bot.slack.door import PATH, AsgiApp, door
from bot.slack.edge import Edge
from bot.slack.gateway import Gateway
from bot.slack.installation import Installation
from bot.slack.link import Link
from bot.slack.people import People
from bot.slack.request import Services
from bot.store import Store, answers, open_store

log = logging.getLogger(__name__)

HTTP_GRACE, DRAIN = 3, 4  # seconds; together under the 8 in which a stop must be done
CONNECT_PAUSES = (1, 2, 4, 8)  # seconds between tries to reach Slack at the start


class CannotStart(Exception):
    """The bot can't do its work; the text says why and what to do."""


@dataclass
class Bot:
    """The running bot."""

    store: Store
    edge: Edge
    installation: Installation
    link: Link | None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def asgi(self) -> AsgiApp:
        """What the web server serves: Slack's requests over HTTP, and health."""
        site = Starlette(routes=[Route("/healthz", self._healthz), Route("/readyz", self._readyz)])
        if self.link is not None:
            return site  # over Socket Mode nothing of Slack's comes in this way
        bolt = AsyncSlackRequestHandler(self.edge.app, path=PATH)
        return door(cast(AsgiApp, bolt), site)  # Bolt types its scope more narrowly than ASGI does

    async def _healthz(self, _request: HttpRequest) -> PlainTextResponse:
        return PlainTextResponse("ok")

    async def _readyz(self, _request: HttpRequest) -> PlainTextResponse:
        faults = [fault async for fault in self._faults()]
        return PlainTextResponse("\n".join(faults) or "ready", status_code=503 if faults else 200)

    async def _faults(self) -> AsyncIterator[str]:
        if not self.installation.connected:
            yield "Slack does not accept the bot token"
        if self.link is not None and not await self.link.connected():
            yield "Socket Mode is not connected"
        if not await answers(self.store):
            yield "the database does not answer"


def run(settings: Settings) -> None:
    """Runs the bot until SIGTERM or SIGINT. Raises CannotStart."""
    config = uvicorn.Config("", loop="auto", log_config=None)  # uvloop where there is one
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with start(settings) as bot:
        server = _Server(
            uvicorn.Config(
                bot.asgi,
                host=settings.host,
                port=settings.port,
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=HTTP_GRACE,
            )
        )
        _on_signal(bot.stopping.set)
        serving = asyncio.create_task(server.serve())
        waits = [serving, asyncio.create_task(bot.stopping.wait())]
        if bot.link is not None:
            waits.append(asyncio.create_task(bot.link.watch()))
        log.info("bot.ready", extra={"port": settings.port, "socket_mode": settings.socket_mode})
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        log.info("bot.stopping")
        server.should_exit = True
        await serving
        for task in waits[1:]:
            task.cancel()


@contextlib.asynccontextmanager
async def start(settings: Settings) -> AsyncIterator[Bot]:
    """Everything built and connected; taken apart in the reverse order, with what is in hand finished first."""
    catalog = content.load()
    clock = MovableClock(settings.clock_file) if settings.clock_file else Clock()
    async with contextlib.AsyncExitStack() as stack:
        store = open_store(settings.database_url)
        stack.push_async_callback(store.close)
        await _prepare(store)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        assert settings.slack_bot_token is not None  # noqa: S101 - config.py refuses to load without it
        gateway = Gateway(session, settings.slack_api_url, settings.slack_bot_token.get_secret_value())
        installation = Installation(gateway.client)
        workspace_id = await _connect(installation)
        await store.write(membership.connect, workspace_id, clock.now())
        services = Services(catalog, store, gateway, People(store, gateway, clock), clock, installation)
        secret = settings.slack_signing_secret
        edge = Edge(services, secret.get_secret_value() if secret else None)
        stack.push_async_callback(edge.later.drain, DRAIN)
        link = None
        if settings.slack_app_token is not None:
            link = Link(edge.app, settings.slack_app_token.get_secret_value())
            stack.push_async_callback(link.close_async)
            stack.push_async_callback(link.drain, DRAIN)
            await link.open()
        yield Bot(store, edge, installation, link)


async def _prepare(store: Store) -> None:
    if store.embedded:
        await store.migrate()
    elif await store.is_behind():
        raise CannotStart("The database is not up to date. Run `python -m bot migrate` first.")


async def _connect(installation: Installation) -> str:
    for pause in (*CONNECT_PAUSES, None):
        try:
            return await installation.connect()
        except SlackApiError as error:
            raise CannotStart(f"Slack does not accept SLACK_BOT_TOKEN ({error.response['error']}).") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.unreachable", exc_info=error)
            if pause is None:
                raise CannotStart(
                    "Slack can't be reached. Check the network, and SLACK_API_URL if it is set."
                ) from error
            await asyncio.sleep(pause)
    raise AssertionError  # the last try either returned or raised


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: when to stop is ours to say."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the signals alone."""
        yield


def _on_signal(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
