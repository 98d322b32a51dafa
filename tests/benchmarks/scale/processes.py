"""Start the web process and the worker on a large database, as an operator does, and ask for answers over HTTP."""

import base64
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import Connection, update
from tests.benchmarks.scale.bench import Bench

from bot.core.member import MemberKey
from bot.store.schema import installation
from bot.token_keys import KEY_BYTES, TokenKeys
from tests.benchmarks.caller import Connection as Http
from tests.benchmarks.caller import signed
from tests.benchmarks.due import FIRST
from tests.benchmarks.minimal_slack import SECRET, form, minimal_slack
from tests.benchmarks.processes import Running, running

BEFORE = timedelta(hours=1)  # before the first slot: nothing is due
MS = 1_000


@dataclass(frozen=True, slots=True)
class Ready:
    """How long a process took until it was ready, and how much memory."""

    target: str
    name: str
    seconds: float
    cpu: float
    megabytes: float

    def fields(self) -> dict[str, object]:
        """Return the figures for machines."""
        return {
            "target": self.target, "name": self.name, "seconds": self.seconds, "cpu": self.cpu, "MB": self.megabytes,
        }  # fmt: skip

    def __str__(self) -> str:
        took = f"{self.seconds:.1f} s, processor time {self.cpu:.2f} s, {self.megabytes:.0f} MB"
        return f"{self.target}  {self.name:<58} ready after {took}"


@dataclass(frozen=True, slots=True)
class Answers:
    """How long members waited for an answer over HTTP, in seconds."""

    target: str
    name: str
    waits: tuple[float, ...]
    cpu: float
    megabytes: float

    def fields(self) -> dict[str, object]:
        """Return the figures for machines."""
        return {
            "target": self.target, "name": self.name, "p50": median(self.waits), "p99": self._p99, "cpu": self.cpu,
            "MB": self.megabytes,
        }  # fmt: skip

    @property
    def _p99(self) -> float:
        return quantiles(self.waits, n=100, method="inclusive")[-1]

    def __str__(self) -> str:
        waits = f"p50 {median(self.waits) * MS:.1f} ms, p99 {self._p99 * MS:.1f} ms"
        spent = f"processor time {self.cpu * MS:.2f} ms each; {self.megabytes:.0f} MB at the end"
        return f"{self.target}  {self.name:<58} {waits}, {spent}"


def started(bench: Bench, members: list[MemberKey]) -> Iterator[Ready | Answers]:
    """Start both processes, and ask for `/roleshift myrole` of each of these members."""
    key = f"k1:{base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip('=')}"
    bench.do(bench.store.write(_encrypt, TokenKeys(key), {who.workspace_id for who in members}))
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        scratch = Path(folder)
        clock = scratch / "clock"
        clock.write_text(str(int((FIRST - BEFORE - datetime.now(UTC)).total_seconds())))
        environment = {
            "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": SECRET, "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.api_url, "ROLESHIFT_PUBLIC_URL": "https://coach.example.org",
            "ROLESHIFT_TOKEN_KEYS": key, "ROLESHIFT_HOST": "127.0.0.1", "ROLESHIFT_REQUESTS_PER_MINUTE": "1000000",
            "ROLESHIFT_CLOCK": str(clock), "DATABASE_URL": bench.address,
        }  # fmt: skip
        yield from _worker(scratch, environment)
        yield from _web(scratch, environment, members)


def _worker(scratch: Path, environment: Mapping[str, str]) -> Iterator[Ready]:
    before = time.perf_counter()
    with running(scratch, "jobs", env=environment) as worker:
        yield _ready("the worker", worker, before)


def _web(scratch: Path, environment: Mapping[str, str], members: list[MemberKey]) -> Iterator[Ready | Answers]:
    before = time.perf_counter()
    with running(scratch, "bot", "run", env=environment) as web:
        yield _ready("the web process", web, before)
        with Http(web.port) as connection:
            requests = [signed(form("myrole", who.member_id, who.workspace_id).encode()) for who in members]
            for request in requests:
                assert "skills" in connection.exchange(request)
            cpu = web.cpu()
            waits = tuple(connection.timed(request) for request in requests)
            cpu = (web.cpu() - cpu) / len(requests)
        yield Answers("S", f"/roleshift myrole over HTTP, {len(members):,} members", waits, cpu, web.peak_memory())


def _ready(name: str, process: Running, before: float) -> Ready:
    return Ready("S", name, time.perf_counter() - before, process.cpu(), process.peak_memory())


def _encrypt(tx: Connection, keys: TokenKeys, workspace_ids: set[str]) -> None:
    for workspace_id in workspace_ids:
        token = keys.encrypt(workspace_id, "token", "xoxb-bench")
        tx.execute(update(installation).where(installation.c.workspace_id == workspace_id).values(token=token))
