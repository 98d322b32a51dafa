"""P16: `/readyz` says no within ten seconds of a fault and yes within ten of its end; jobs follow any clock."""

import asyncio
import contextlib
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import make_url

from bot.coach import membership, schedules
from bot.core.member import MemberKey, Profile
from bot.playground.emulator.faults import drop
from bot.slack.sorry import LATE
from bot.store import open_store
from tests.acting import acting
from tests.databases import migrate
from tests.driver.standin import StandIn
from tests.end_to_end.process import Process, process
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result
from tests.postgres import OPTIONS, cluster
from tests.postgres_databases import ask, renamed

WITHIN = 10.0  # seconds, as promised
EMIL = "U02EMIL"
CLOCKS = {"clock -1 h": -3600, "clock -10 min": -600, "clock +10 min": 600, "clock +8 days": 8 * 86400}
ABOUTS = ("locked", "full", "deleted", "overwritten", "Slack down", "refused", "frozen", *CLOCKS)


async def run(case: Case, databases: Databases, _processes: Processes) -> Result:
    result = Result(case.name)
    async with contextlib.AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roleshift-ready-")))
        server = stack.enter_context(cluster(OPTIONS)) if case.about == "frozen" else None
        if server:
            await migrate(address := server.address)
        else:
            kind = "postgresql" if case.about == "refused" else "sqlite"
            address = await stack.enter_async_context(databases.fresh(kind))
        slack = await stack.enter_async_context(StandIn())
        if case.about == "Slack down":
            await _slack_down(slack, scratch, address, result)
            return result
        offset = scratch / "offset"
        variables = slack.environment() | {"DATABASE_URL": address, "ROLESHIFT_WITH_JOBS": "1"}
        starting = process(scratch, "tests.moved_clock", str(offset), "bot", "run", **variables)
        bot = await stack.enter_async_context(starting)
        await bot.logs("bot.ready")
        if case.about in CLOCKS:
            await _moved(slack, address, offset, CLOCKS[case.about], result)
            return result
        await until(bot.url, 200, result, "the first yes")
        async with contextlib.AsyncExitStack() as fault:
            if server:
                fault.enter_context(server.frozen())
            else:
                await fault.enter_async_context(FAULTS[case.about](bot, address))
            await until(bot.url, 503, result, "no")
            if case.about == "deleted":
                said = await _answer(slack, "/roleshift learn cost spikes")
                if said != "Nothing was changed. Try again in a minute.":
                    result.broken.append(f"a command was answered: {said}")
        await until(bot.url, 200, result, "yes")
    return result


async def _answer(slack: StandIn, line: str) -> str:
    """Type a line, and return what is answered; what only says that the answer is late is none."""
    async with slack.watching(EMIL) as seen:
        await slack.command(EMIL, line)
        while seen.text.startswith(LATE) and await seen.changed(WITHIN):
            pass
    return seen.text


async def until(url: str, wanted: int, result: Result, what: str) -> None:
    """Ask `/readyz` until it answers with `wanted`. The proof fails if that takes longer than promised."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with aiohttp.ClientSession() as supervisor:
        while True:
            async with supervisor.get(f"{url}/readyz") as answer:
                status, said = answer.status, await answer.text()
            if status == wanted or loop.time() - began > WITHIN * 2:
                break
            await asyncio.sleep(0.2)
    took = loop.time() - began
    result.counts[f"ms to {what} in all"] = round(took * 1000)
    if took > WITHIN or status != wanted:
        result.broken.append(f"/readyz said {status} ({said}) after {took:.1f} s; {what} was due")


async def _slack_down(slack: StandIn, scratch: Path, address: str, result: Result) -> None:
    slack.faults.add(down := drop("auth.test", how="status", times=None))
    variables = slack.environment() | {"DATABASE_URL": address}
    async with process(scratch, "bot", "run", **variables) as bot:
        await bot.logs("slack.unreachable")
        await until(bot.url, 503, result, "no")
        slack.faults.switched_on.remove(down)
        await until(bot.url, 200, result, "yes")


async def _moved(slack: StandIn, address: str, offset: Path, seconds: int, result: Result) -> None:
    """Check that a welcome which becomes due after the jump of the clock comes within seconds."""
    store, who = open_store(address), MemberKey(slack.workspace.id, EMIL)
    offset.with_suffix(".new").write_text(str(seconds))
    offset.with_suffix(".new").rename(offset)
    moved = datetime.now(UTC) + timedelta(seconds=seconds)
    zone = slack.workspace.person(EMIL).zone
    await store.write(membership.meet, who, Profile(zone, coachable=True), moved)
    await store.write(acting(schedules.accept, who, moved), None, None)
    await store.close()
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not slack.posts and loop.time() - began < WITHIN * 2:  # noqa: ASYNC110 - the emulator tells nobody of a post
        await asyncio.sleep(0.1)
    took = loop.time() - began
    result.counts["ms to the next job's post in all"] = round(took * 1000)
    if took > WITHIN:
        result.broken.append(f"no job ran for {took:.1f} s after the clock was moved by {seconds} s")


def _path(address: str) -> Path:
    return Path(make_url(address).database or "")


@contextlib.asynccontextmanager
async def _locked(_bot: Process, address: str) -> AsyncIterator[None]:
    with contextlib.closing(sqlite3.connect(_path(address), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.asynccontextmanager
async def _full(bot: Process, _address: str) -> AsyncIterator[None]:
    before = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    yield
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, before)


@contextlib.asynccontextmanager
async def _deleted(_bot: Process, address: str) -> AsyncIterator[None]:
    """Move the file away, which looks like a deletion to the bot, and move it back."""
    aside = shutil.move(_path(address), _path(address).with_suffix(".aside"))
    yield
    shutil.move(aside, _path(address))


@contextlib.asynccontextmanager
async def _overwritten(_bot: Process, address: str) -> AsyncIterator[None]:
    shutil.copyfile(_path(address), kept := _path(address).with_suffix(".kept"))
    _path(address).write_bytes(b"Dear diary, " * 20_000)
    yield
    shutil.copyfile(kept, _path(address))


@contextlib.asynccontextmanager
async def _refused(_bot: Process, address: str) -> AsyncIterator[None]:
    name, server = make_url(address).database, renamed(address, "postgres")
    await ask(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await ask(server, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 - our own
    yield
    await ask(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


FAULTS = {"locked": _locked, "full": _full, "deleted": _deleted, "overwritten": _overwritten, "refused": _refused}
