"""P14: forged, old and odd requests to the real process: only what Slack signed is read, and nothing is a 500."""

import asyncio
import itertools
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from bot.playground.emulator.delivery import encode, signature
from bot.store import open_store
from tests.driver.standin import StandIn
from tests.end_to_end.process import bot
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result
from tests.slack import test_door as door
from tests.slack import test_payloads as payloads
from tests.store.rows import everything

SHORT, LONG = "400 requests", "10000 requests"
AT_ONCE = 8  # connections
FORGED, OLD, ODD, NO_TEXT = "forged", "signed but old", "signed but odd", "signed but no text"
STATUSES = {FORGED: {401}, OLD: {401}, ODD: {200, 400, 404}, NO_TEXT: {401}}
REMOVALS = ("an app_uninstalled", "a tokens_revoked")  # after one of these, the bot reads nothing more
SAMPLES = tuple(name for name in payloads.SAMPLES if name not in REMOVALS)

Sent = tuple[str, bytes, dict[str, str]]  # what it is, its body, its headers


async def run(case: Case, databases: Databases, _processes: Processes) -> Result:
    """Send forged and old requests, check that they changed nothing, then send signed but odd ones."""
    draw, result = random.Random(case.name), Result(case.name)  # noqa: S311 - a seed must replay
    half = int(case.about.split()[0]) // 2
    with tempfile.TemporaryDirectory(prefix="roleshift-edge-") as scratch:
        async with (
            databases.fresh(case.database) as address,
            StandIn() as slack,
            bot(slack, Path(scratch), address, http=True, ROLESHIFT_WITH_JOBS="0") as running,
        ):
            before = await _rows(address)
            for whats in ((FORGED, OLD), (ODD,)):
                requests = (_drawn(draw, slack.signing_secret, draw.choice(whats)) for _ in range(half))
                await _send(running.url, requests, result)
                if FORGED in whats and await _rows(address) != before:
                    result.broken.append("a forged or old request changed something")
    return result


async def _rows(address: str) -> set[str]:
    store = open_store(address)
    rows = {repr(row) for row in await store.read(everything) if row.table != "heartbeat"}
    await store.close()
    return rows


def _drawn(draw: random.Random, secret: str, what: str) -> Sent:
    """Return a request whose payload, or whose bytes, were mangled."""
    kind, whole = payloads.SAMPLES[draw.choice(SAMPLES)]
    junk = payloads.FORM_JUNK if kind == "slash_commands" else payloads.JUNK
    body, content_type = encode(kind, payloads.mangled(draw, whole, junk))
    if draw.random() < 0.3:
        body = door.mangled(draw, body)
    stamp = str(int(time.time()) - (draw.randint(310, 10**6) if what == OLD else 0))
    signed = signature("0" * 32 if what == FORGED else secret, stamp, body)
    if what == ODD and not _is_text(body):
        what = NO_TEXT
    return what, body, {"content-type": content_type, "x-slack-request-timestamp": stamp, "x-slack-signature": signed}


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


async def _send(url: str, requests: Iterator[Sent], result: Result) -> None:
    """Send all, and ask `/healthz` after every fiftieth."""

    async def some() -> None:
        async with aiohttp.ClientSession() as client:
            for number, (what, body, headers) in requests_numbered:
                async with client.post(f"{url}/slack/events", data=body, headers=headers) as answer:
                    _judge(what, body, answer.status, await answer.read(), result)
                if number % 50 == 0:
                    async with client.get(f"{url}/healthz") as answer:
                        _judge("healthz", b"", answer.status, b"", result)

    requests_numbered = zip(itertools.count(), requests, strict=False)
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


def _judge(what: str, body: bytes, status: int, said: bytes, result: Result) -> None:
    name = f"{what}: {status}"
    result.counts[name] = result.counts.get(name, 0) + 1
    if status not in STATUSES.get(what, {200}) or b"Traceback" in said or (status == 401 and said):
        result.broken.append(f"{what} got {status} {said[:80]!r}: {body[:300]!r}")
