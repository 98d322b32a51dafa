"""Joins the parts: the only wiring, done when a process starts and undone when it stops."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import uvicorn
from pydantic import SecretStr

from bot import content
from bot.clock import Clock, MovableClock
from bot.coach import membership
from bot.coach.sending import Pace
from bot.config import Settings
from bot.core.errors import NothingChanged
from bot.health import LOOPBACK, health_app, starting_app
from bot.http_server import server_config
from bot.rejections import Rejections
from bot.slack.door import AsgiApp, Receive, Scope, Send, door
from bot.slack.edge import Edge
from bot.slack.gateway import Gateway, reply_session
from bot.slack.installation import Installation, NoAnswer, TokenRefused
from bot.slack.people import People
from bot.slack.request import Services
from bot.slack.socket_mode import SocketMode
from bot.store import Store, open_store
from bot.store.checkup import Checkup
from jobs import jobs_of
from jobs.clock import Bell
from jobs.desk import Desk

log = logging.getLogger(__name__)

# Seconds; together under the 8 in which a stop must be done, although each may be used up.
HTTP_GRACE, DRAIN, LAST_WORD = 3, 3.5, 0.5
START_TRIES = 10  # of the first write to an SQLite file, of two seconds each
MAX_SILENT_SECONDS = 90  # seconds without a job done, after which a process is not ready


class CannotStart(Exception):
    """The process can't do its work; the text says why and what to do."""


@dataclass
class Front:
    """What the web server serves: health alone while the process starts, then the whole worker."""

    reason: str = "the process is starting"
    worker: AsgiApp | None = None

    def __post_init__(self) -> None:
        self._starting = starting_app(lambda: self.reason)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await (self.worker or self._starting)(scope, receive, send)

    def tell(self, reason: str) -> None:
        """Remember why the process is not ready yet."""
        self.reason = reason


@dataclass
class Parts:
    """What answers to people and the jobs have in common."""

    desk: Desk
    installation: Installation


@dataclass
class Worker:
    """A running process that does the jobs."""

    store: Store
    installation: Installation
    metrics_token: str | None
    bell: Bell | None = None
    socket_mode: SocketMode | None = None
    rejections: Rejections = field(default_factory=Rejections)
    metrics_port: int | None = None
    checkup: Checkup = field(init=False)

    def __post_init__(self) -> None:
        self.checkup = Checkup(self.store, Clock().now)

    @property
    def asgi(self) -> AsgiApp:
        """What the web server serves: health and metrics."""
        return health_app(self.store, self.faults, self.metrics_token, self.metrics_port)

    async def faults(self) -> AsyncIterator[str]:
        """Why this process can't do its work; nothing while it can."""
        if not self.installation.connected:
            yield "Slack does not accept the bot token"
        if self.socket_mode is not None and not await self.socket_mode.connected():
            yield "Socket Mode is not connected"
        if self.bell is not None and self.bell.silent_for > MAX_SILENT_SECONDS:
            yield f"no job was done for {MAX_SILENT_SECONDS} seconds"
        if (fault := await self.checkup.fault(self.installation.workspace_id)) is not None:
            yield fault


@dataclass(kw_only=True)
class Bot(Worker):
    """A running process that answers Slack, and may do the jobs too."""

    edge: Edge
    signing_secret: str | None

    @property
    def asgi(self) -> AsgiApp:
        """The same, and Slack's requests; over Socket Mode nothing of Slack's comes in this way."""
        beside = super().asgi
        if self.socket_mode is not None or self.signing_secret is None:
            return beside
        return door(self.edge.app.async_dispatch, beside, self.signing_secret, self.rejections)


Starts = Callable[[Settings, Front], contextlib.AbstractAsyncContextManager[Worker]]


def run(settings: Settings) -> None:
    """Answers Slack, and does the jobs where they run in the same process, until SIGTERM. Raises CannotStart."""
    _run(_serve(settings, start, must_listen=True))


def run_worker(settings: Settings) -> None:
    """Does the jobs until SIGTERM; health is served on PORT where that is free. Raises CannotStart."""
    _run(_serve(settings, start_worker, must_listen=False))


@contextlib.asynccontextmanager
async def start(settings: Settings, front: Front | None = None) -> AsyncIterator[Bot]:
    """The bot, connected to Slack; taken apart in the reverse order, with what is in hand finished first."""
    async with parts(settings, front) as joined, contextlib.AsyncExitStack() as stack:
        desk = joined.desk
        people = People(desk.store, desk.gateway, desk.clock)
        services = Services(desk.catalog, desk.store, desk.gateway, people, desk.clock, joined.installation)
        rejections = Rejections()
        bot = Bot(
            desk.store,
            joined.installation,
            _text(settings.metrics_token),
            edge=Edge(services, rejections),
            signing_secret=_text(settings.slack_signing_secret),
            rejections=rejections,
            metrics_port=settings.metrics_port,
        )
        if settings.slack_app_token is not None:
            bot.socket_mode = SocketMode(bot.edge.app, settings.slack_app_token.get_secret_value())
            stack.push_async_callback(bot.socket_mode.close_async)
        stack.push_async_callback(_finish, bot)
        if settings.runs_jobs:
            bot.bell = _ring(desk)
        if bot.socket_mode is not None:
            await bot.socket_mode.open()
        yield bot


@contextlib.asynccontextmanager
async def start_worker(settings: Settings, front: Front | None = None) -> AsyncIterator[Worker]:
    """The jobs alone."""
    async with parts(settings, front) as joined, contextlib.AsyncExitStack() as stack:
        bell = _ring(joined.desk)
        stack.push_async_callback(bell.drain, DRAIN)
        token, port = _text(settings.metrics_token), settings.metrics_port
        yield Worker(joined.desk.store, joined.installation, token, bell=bell, metrics_port=port)


@contextlib.asynccontextmanager
async def parts(settings: Settings, front: Front | None = None) -> AsyncIterator[Parts]:
    """Store, catalogue, clock and gateway, with a token that Slack has accepted. Raises CannotStart."""
    async with desk_at(settings) as desk:
        installation = Installation(desk.gateway.client)
        workspace_id = await _connect(installation, front or Front())
        await _welcome_back(desk, workspace_id)
        yield Parts(desk, installation)


@contextlib.asynccontextmanager
async def desk_at(settings: Settings) -> AsyncIterator[Desk]:
    """The same without a word to Slack. Raises CannotStart."""
    catalog = content.load()
    clock = MovableClock(settings.clock_file) if settings.clock_file else Clock()
    async with contextlib.AsyncExitStack() as stack:
        store = open_store(settings.database_url)
        stack.push_async_callback(store.close)
        await _prepare(store)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        replies = await stack.enter_async_context(reply_session())
        assert settings.slack_bot_token is not None  # noqa: S101 - config.py refuses to load without it
        token = settings.slack_bot_token.get_secret_value()
        gateway = Gateway(session, settings.slack_api_url, token, replies)
        pace = Pace(settings.sends_per_minute, settings.lease_seconds, settings.settle_seconds)
        yield Desk(catalog, store, gateway, clock, pace)


def _ring(desk: Desk) -> Bell:
    bell = Bell(jobs_of(desk))
    bell.start()
    return bell


async def _finish(bot: Bot) -> None:
    """Waits for all that is in hand at once, as the seconds of a stop are few; then for what that leaves to be said."""
    now = asyncio.get_running_loop().time
    until = now() + DRAIN
    await asyncio.gather(*(part.drain(DRAIN) for part in (bot.socket_mode, bot.bell) if part is not None))
    await bot.edge.background.drain(max(until - now(), LAST_WORD))


async def _prepare(store: Store) -> None:
    if store.embedded:
        await store.migrate()
    elif await store.is_behind():
        raise CannotStart("The database is not up to date. Run `python -m bot migrate` first.")


async def _welcome_back(desk: Desk, workspace_id: str) -> None:
    """The first write; a start waits for an SQLite file that others keep busy, longer than a person would."""
    for tries_left in reversed(range(START_TRIES if desk.store.embedded else 1)):
        try:
            await desk.store.write(membership.connect_alone, workspace_id, desk.clock.now())
        except NothingChanged:
            if not tries_left:
                raise
        else:
            return


async def _connect(installation: Installation, front: Front) -> str:
    try:
        return await installation.connect_patiently(front.tell)
    except TokenRefused as error:
        raise CannotStart(f"Slack does not accept SLACK_BOT_TOKEN ({error}).") from error
    except NoAnswer as error:
        raise CannotStart(
            f"Slack does not answer as it should ({error}). Check the network, and SLACK_API_URL if it is set."
        ) from error


def _run(serving: Coroutine[None, None, None]) -> None:
    config = uvicorn.Config("", loop="auto", log_config=None)  # uvloop where there is one
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(serving)


async def _serve(settings: Settings, start_: Starts, *, must_listen: bool) -> None:
    listening, stopping, front = _listen(settings, must_listen=must_listen), asyncio.Event(), Front()
    _on_signal(stopping.set)
    async with contextlib.AsyncExitStack() as parts_, _served(front, listening) as serving:
        ends: list[asyncio.Task[Any]] = [asyncio.create_task(stopping.wait()), *serving]
        starting = asyncio.create_task(parts_.enter_async_context(start_(settings, front)))
        await asyncio.wait([starting, *ends], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            worker = await starting
            front.worker = worker.asgi
            if worker.socket_mode is not None:
                ends.append(asyncio.create_task(worker.socket_mode.watch()))
            gc.freeze()  # what is loaded stays: to look through all of it for garbage held the loop for 75 ms
            log.info("bot.ready", extra={"port": settings.port, "socket_mode": worker.socket_mode is not None})
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        log.info("bot.stopping")
        starting.cancel()
        await asyncio.wait([starting])
    for task in ends:
        task.cancel()


@contextlib.asynccontextmanager
async def _served(front: Front, listening: list[socket.socket]) -> AsyncIterator[list[asyncio.Task[None]]]:
    if not listening:
        yield []
        return
    server = _Server(server_config(front, Rejections(), HTTP_GRACE))
    serving = asyncio.create_task(server.serve(sockets=listening))
    try:
        yield [serving]
    finally:
        server.should_exit = True
        await serving


def _listen(settings: Settings, *, must_listen: bool) -> list[socket.socket]:
    addresses = {"PORT": (settings.host, settings.port)}
    if settings.metrics_port is not None:
        addresses["ROLESHIFT_METRICS_PORT"] = (LOOPBACK, settings.metrics_port)
    listening = []
    for variable, address in addresses.items():
        try:
            listening.append(socket.create_server(address))
        except OSError as error:
            if must_listen:
                raise CannotStart(f"Port {address[1]} can't be listened on. Set {variable} to a free one.") from error
            log.warning("health.unserved", extra={"port": address[1]})
    return listening


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


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
