"""What is served beside Slack's requests: health for a supervisor, and metrics."""

import contextlib
import hmac
from collections.abc import AsyncIterator, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.coach import deliveries
from bot.core.errors import NothingChanged
from bot.metrics import CONTENT_TYPE_LATEST, DELIVERIES, generate_latest
from bot.store import Store

LOOPBACK = "127.0.0.1"


def site(
    store: Store,
    faults: Callable[[], AsyncIterator[str]],
    metrics_token: str | None,
    metrics_port: int | None = None,
) -> Starlette:
    """Serve health and metrics.

    `/healthz`: it runs; `/readyz`: it can work, or why not; `/metrics`: with the token, or at its own loopback port.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_request: Request) -> Response:
        found = [fault async for fault in faults()]
        return PlainTextResponse("\n".join(found) or "ready", status_code=503 if found else 200)

    async def metrics(request: Request) -> Response:
        if not _may_see_metrics(request, metrics_token, metrics_port):
            return PlainTextResponse("not allowed", status_code=403)
        DELIVERIES.clear()  # a state that nothing is in any more has no row to say so
        with contextlib.suppress(NothingChanged):  # what this process counted itself is told without the database
            for kind, state, count in await store.read(deliveries.counts):
                DELIVERIES.labels(kind=kind.value, state=state.value).set(count)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])


def starting_site(reason: Callable[[], str]) -> Starlette:
    """Return what is served while the process starts: it is alive, and not ready for this reason."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def not_yet(_request: Request) -> Response:
        return PlainTextResponse(reason(), status_code=503)

    anything = Route("/{path:path}", not_yet, methods=["GET", "POST"])
    return Starlette(routes=[Route("/healthz", healthz), anything])


def _may_see_metrics(request: Request, token: str | None, port: int | None) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token is not None and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return port is not None and request.scope["server"] == (LOOPBACK, port)  # where the connection came in: no header
