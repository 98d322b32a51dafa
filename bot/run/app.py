"""Run the web server, Socket Mode and the jobs until a signal stops the process, then drain them.

`/healthz` answers while the process runs, `/readyz` says whether it can work, and `/metrics` is for Prometheus.
"""

import asyncio
import contextlib
import gc
import hmac
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from bot.clock import Clock
from bot.coach.ask import hearing_of
from bot.core.errors import CommandError, NothingChanged
from bot.mcp.server import Mcp
from bot.metrics import DELIVERIES, FAILING, STILL_USED, TO_INSTALL_ANEW
from bot.outbox import deliveries
from bot.run.connect import connected_services
from bot.run.settings import Settings
from bot.slack.app import NOUNS, SocketMode, slack_app
from bot.slack.door import AsgiApp, MemberBuckets, Receive, Rejections, Scope, Send, door
from bot.slack.edge import Edge
from bot.slack.install_pages import InstallPages
from bot.slack.installation import Tell
from bot.slack.installed_workspaces import InstalledWorkspaces
from bot.slack.services import Services
from bot.store import doubts, installations
from bot.store.checkup import Checkup
from jobs import start_bell
from jobs.clock import Bell

log = logging.getLogger(__name__)

# Seconds. A stop must be done within 8 seconds, even if it uses up all three.
HTTP_GRACE, DRAIN, LAST_REPLIES = 3, 3.5, 0.5
IDLE_TIMEOUT = 5  # seconds between two requests on a connection; the proxies close theirs a second earlier
MAX_SILENT_SECONDS = 90  # without a finished job; after that a process is not ready
LOOPBACK = "127.0.0.1"
AFTER_START = 2  # seconds until the bot learns to hear, which takes a second
TURN = 0.0005  # seconds that one thread runs while another waits; Python's 5 ms delay answers while the index is built


async def healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")


class Front:
    """The web server's application: only health while the process starts, then the worker's application."""

    def __init__(self) -> None:
        self._reason = "the process is starting"
        anything = Route("/{path:path}", self._not_yet, methods=["GET", "POST"])
        self.serving: AsgiApp = Starlette(routes=[Route("/healthz", healthz), anything])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.serving(scope, receive, send)

    def tell(self, reason: str) -> None:
        self._reason = reason

    async def _not_yet(self, _request: Request) -> Response:
        return PlainTextResponse(self._reason, status_code=503)


@dataclass
class Worker:
    """A running process that runs the jobs."""

    services: Services
    metrics_token: SecretStr | None = None
    metrics_port: int | None = None
    bell: Bell | None = None
    socket_mode: SocketMode | None = None
    checkup: Checkup = field(init=False)

    def __post_init__(self) -> None:
        self.checkup = Checkup(self.services.store, Clock().now)

    @property
    def asgi(self) -> AsgiApp:
        ways = {"/healthz": healthz, "/readyz": self._readyz, "/metrics": self._metrics}
        return Starlette(routes=[Route(path, answer) for path, answer in ways.items()])

    async def _readyz(self, _request: Request) -> Response:
        reasons = [fault async for fault in self.faults()]
        lines, packs = reasons or ["ready"], self.services.content_library.packs
        if left_out := sum(pack.mistakes > 0 for pack in packs):  # the process can do its work without them
            lines = [*lines, f"content: {left_out} of {len(packs)} packs left out; the log names their mistakes"]
        return PlainTextResponse("\n".join(lines), status_code=503 if reasons else 200)

    async def _metrics(self, request: Request) -> Response:
        """Show the figures to who has the token, or comes over a connection to their own loopback port."""
        store, now = self.services.store, self.services.clock.now()
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = self.metrics_token.get_secret_value() if self.metrics_token else ""
        has_token = token != "" and hmac.compare_digest(given.encode(), token.encode())
        address = request.scope["server"]  # the address that accepted the connection; no header can forge it
        if not has_token and (self.metrics_port is None or address != (LOOPBACK, self.metrics_port)):
            return PlainTextResponse("not allowed", status_code=403)
        DELIVERIES.clear()  # a state without deliveries has no row, so its old figure must go
        FAILING.clear()
        with contextlib.suppress(NothingChanged):  # without the database, show what this process counted
            for kind, state, count in await store.read(deliveries.count_open):
                DELIVERIES.labels(kind=kind.value, state=state.value).set(count)
            for state, count in (await store.read(deliveries.failing, now)).items():
                FAILING.labels(state=state.value).set(count)
            TO_INSTALL_ANEW.set(len(await store.read(installations.lost)))
            STILL_USED.set(await store.read(doubts.count_heard, now))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def faults(self) -> AsyncIterator[str]:
        """Yield each reason why this process can't do its work."""
        installations = self.services.installations
        if installations.fault is not None:
            yield installations.fault
        if self.socket_mode is not None and not await self.socket_mode.connected():
            yield "Socket Mode is not connected"
        if self.bell is not None and self.bell.silent_for > MAX_SILENT_SECONDS:
            yield f"no job was done for {MAX_SILENT_SECONDS} seconds"
        if (fault := await self.checkup.fault(installations.workspace_ids)) is not None:
            yield fault


@dataclass(kw_only=True)
class Bot(Worker):
    """A running process that answers Slack, and may also run the jobs."""

    edge: Edge
    bolt: AsyncApp
    rejections: Rejections
    settings: Settings

    @property
    def asgi(self) -> AsgiApp:
        """Return the application that also takes Slack's requests, unless they come over Socket Mode."""
        health, workspaces, secret = super().asgi, self.services.installations, self.settings.slack_signing_secret
        if self.settings.mcp_url is not None:
            health = Mcp(self.edge, health, self.rejections, self.settings.mcp_url, secret)
        if self.socket_mode is not None or secret is None:
            return health
        if isinstance(workspaces, InstalledWorkspaces):
            pages = InstallPages(workspaces, self.services.store, self.settings.address_header)
            health = Starlette(routes=[*pages.routes(), Mount("", health)])
        return door(self.bolt, health, secret.get_secret_value(), self.rejections)


Starts = Callable[[Settings, Tell], contextlib.AbstractAsyncContextManager[Worker]]


@contextlib.asynccontextmanager
async def start(settings: Settings, tell: Tell = lambda _: None) -> AsyncIterator[Bot]:
    """Start the bot and connect it to Slack. At the end, drain requests and jobs, then close everything."""
    async with connected_services(settings, tell) as services, contextlib.AsyncExitStack() as stack:
        stack.callback(asyncio.create_task(_learn_to_hear(services)).cancel)
        rejections = Rejections()
        edge = Edge(services, NOUNS, rejections, MemberBuckets(settings.requests_per_minute))
        token, port, bolt = settings.metrics_token, settings.metrics_port, slack_app(edge)
        bot = Bot(services, token, port, edge=edge, bolt=bolt, rejections=rejections, settings=settings)
        if settings.slack_app_token is not None:
            bot.socket_mode = SocketMode(bot.bolt, settings.slack_app_token.get_secret_value())
            stack.push_async_callback(bot.socket_mode.close_async)
        stack.push_async_callback(_drain, bot)
        if settings.runs_jobs:
            bot.bell = start_bell(services)
        if bot.socket_mode is not None:
            await bot.socket_mode.open(tell)
        yield bot


async def _learn_to_hear(services: Services) -> None:
    """Build the index before somebody writes, but when the first requests after a start are answered."""
    await asyncio.sleep(AFTER_START)
    await services.hear(hearing_of, services.catalog)
    gc.freeze()  # as what was loaded before


@contextlib.asynccontextmanager
async def start_worker(settings: Settings, tell: Tell = lambda _: None) -> AsyncIterator[Worker]:
    """Start the jobs alone. At the end, drain them."""
    async with connected_services(settings, tell) as services, contextlib.AsyncExitStack() as stack:
        bell = start_bell(services)
        stack.push_async_callback(bell.drain, DRAIN)
        yield Worker(services, settings.metrics_token, settings.metrics_port, bell)


async def _drain(bot: Bot) -> None:
    """Drain requests and jobs concurrently, then the replies that are still to be sent."""
    now = asyncio.get_running_loop().time
    until = now() + DRAIN
    requests = bot.socket_mode.requests if bot.socket_mode is not None else None
    await asyncio.gather(*(part.drain(DRAIN) for part in (requests, bot.bell) if part is not None))
    await bot.edge.background.drain(max(until - now(), LAST_REPLIES))


def run(settings: Settings, start_: Starts = start, *, must_listen: bool = True) -> None:
    """Answer Slack, or with `start_worker` run the jobs alone, until SIGTERM. Raise CommandError.

    Also run the jobs if the settings say so. `must_listen`: raise where PORT is not free; else go on without health.
    """
    config = uvicorn.Config("", loop="auto", log_config=None)  # uvloop if it is installed
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(settings, start_, must_listen=must_listen))


async def _serve(settings: Settings, start_: Starts, *, must_listen: bool) -> None:
    listening, front = _listen(settings, must_listen=must_listen), Front()
    sys.setswitchinterval(TURN)
    stopping = asyncio.Event()
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup has it ignored
        numbers.append(signal.SIGHUP)
    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with contextlib.AsyncExitStack() as started, _served(front, listening) as serving:
        ends: list[asyncio.Task[Any]] = [asyncio.create_task(stopping.wait()), *serving]
        starting = asyncio.create_task(started.enter_async_context(start_(settings, front.tell)))
        await asyncio.wait([starting, *ends], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            worker = await starting
            front.serving = worker.asgi
            if worker.socket_mode is not None:
                ends.append(asyncio.create_task(worker.socket_mode.watch()))
            gc.freeze()  # loaded modules and content are never garbage; scanning them stopped the loop for 75 ms
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
    config = uvicorn.Config(
        front,
        ws="none",
        lifespan="off",
        proxy_headers=False,  # nothing reads the client's address
        timeout_keep_alive=IDLE_TIMEOUT,
        timeout_graceful_shutdown=HTTP_GRACE,
        access_log=False,
        log_config=None,
        log_level="error",  # a stranger must not be able to fill the log with warnings
        server_header=False,
    )
    server = _Server(config)
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
                raise CommandError(f"Port {address[1]} can't be listened on. Set {variable} to a free one.") from error
            log.warning("health.unserved", extra={"port": address[1]})
    return listening


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: `_serve` decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
