"""Serve `/healthz` and `/readyz` for a supervisor, and `/metrics` for Prometheus."""

import contextlib
import hmac
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.core.errors import NothingChanged
from bot.metrics import DELIVERIES, FAILING, STILL_USED, TO_INSTALL_ANEW, page
from bot.outbox import deliveries
from bot.store import Store, doubts, installations

LOOPBACK = "127.0.0.1"


def health_app(
    store: Store,
    now: Callable[[], datetime],
    faults: Callable[[], AsyncIterator[str]],
    metrics_token: str | None,
    metrics_port: int | None = None,
    notes: Callable[[], Iterable[str]] = tuple,
) -> Starlette:
    """Return the application that serves health and metrics.

    `/healthz` answers while the process runs. `/readyz` says whether it can work, and if not, why; `notes` are what an
    operator should know besides. `/metrics` needs the token, or a connection to its own loopback port.
    """

    async def readyz(_request: Request) -> Response:
        reasons = [fault async for fault in faults()]
        lines = [*(reasons or ["ready"]), *notes()]
        return PlainTextResponse("\n".join(lines), status_code=503 if reasons else 200)

    async def metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        has_token = metrics_token is not None and hmac.compare_digest(given.encode(), metrics_token.encode())
        address = request.scope["server"]  # the address that accepted the connection; no header can forge it
        if not has_token and (metrics_port is None or address != (LOOPBACK, metrics_port)):
            return PlainTextResponse("not allowed", status_code=403)
        DELIVERIES.clear()  # a state without deliveries has no row, so its old figure must go
        FAILING.clear()
        with contextlib.suppress(NothingChanged):  # without the database, show what this process counted
            for kind, state, count in await store.read(deliveries.count_open):
                DELIVERIES.labels(kind=kind.value, state=state.value).set(count)
            for state, count in (await store.read(deliveries.failing, now())).items():
                FAILING.labels(state=state.value).set(count)
            TO_INSTALL_ANEW.set(len(await store.read(installations.lost)))
            STILL_USED.set(await store.read(doubts.count_heard, now()))
        content, media_type = page()
        return Response(content, media_type=media_type)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])


async def healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")


def starting_app(reason: Callable[[], str]) -> Starlette:
    async def not_yet(_request: Request) -> Response:
        return PlainTextResponse(reason(), status_code=503)

    anything = Route("/{path:path}", not_yet, methods=["GET", "POST"])
    return Starlette(routes=[Route("/healthz", healthz), anything])
