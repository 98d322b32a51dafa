"""What a run needs: an emulated Slack, a database of its own, members who opted in, and the state at its end."""

import asyncio
import contextlib
import secrets
import shutil
import signal
import socket
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import asyncpg
from sqlalchemy import Connection, bindparam, case, func, select, update

from bot.coach import membership
from bot.core.calendar import Slot
from bot.core.member import Consent, MemberKey, Profile, Schedule
from bot.core.outbox import DeliveryState
from bot.playground.emulator.manifest import SlackApp
from bot.playground.emulator.oauth import ORGANISATION
from bot.store import Store, open_store, schedules, workspaces
from bot.store.member_schema import delivery
from bot.store.member_schema import schedule as schedules_table
from tests.driver.apps import roleshift
from tests.driver.generated import generated
from tests.driver.standin import StandIn
from tests.faults.mutants import MUTANTS
from tests.faults.processes import Order, Processes, Worker
from tests.faults.web import REDIRECT, Web
from tests.postgres import server
from tests.postgres_databases import ask, renamed
from tests.running import KEY

SLOT = Slot(weekday=2, minute=9 * 60 + 30)  # Wednesday 09:30, in UTC
SINCE_SLOT = timedelta(minutes=30)
SINCE_INSTALLED = timedelta(hours=7)  # a token that Slack rotates is then to be refreshed
LEASE, SETTLING = 2.0, 2.0  # seconds; a stall longer than both is what can't be promised
PATIENCE = 600  # seconds after which a run that has not ended counts as failed, on a busy machine
MUTANTS_PATIENCE = 15
WORKSPACE, SECOND = "T0FAULTS", "T0SECOND"
TWO_INSTALLED = "two workspaces installed through OAuth"
OF_ONE = "two workspaces of an organisation that installed it once"
FINAL = {DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.MISSED, DeliveryState.CANCELLED}


class Databases:
    """Databases that are copies of a migrated template, one template for each kind."""

    def __init__(self, folder: Path, postgres: str | None) -> None:
        self._folder, self._postgres = folder, postgres
        self._template = f"roleshift_faults_{secrets.token_hex(4)}"
        self._copying = asyncio.Lock()  # PostgreSQL makes only one copy of a template at a time

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, kinds: tuple[str, ...], postgres: str | None = None) -> AsyncIterator[Self]:
        """Open databases of these kinds. Start a PostgreSQL server if one is needed and none is named."""
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roleshift-faults-")))
            wanted = "postgresql" in kinds
            address = postgres or stack.enter_context(server(folder)) if wanted else None
            databases = cls(folder, address)
            await migrate(f"sqlite:///{folder}/template.db")
            if address:
                await ask(address, f"CREATE DATABASE {databases._template}")
                await migrate(renamed(address, databases._template))
            try:
                yield databases
            finally:
                if address:
                    await ask(address, f"DROP DATABASE {databases._template}")

    @contextlib.asynccontextmanager
    async def fresh(self, kind: str) -> AsyncIterator[str]:
        """Yield the address of a new database with all tables and no row."""
        name = f"roleshift_{secrets.token_hex(6)}"
        if kind == "sqlite":
            path = self._folder / f"{name}.db"
            shutil.copy(self._folder / "template.db", path)
            yield f"sqlite:///{path}"
            for each in self._folder.glob(f"{name}.db*"):
                each.unlink()
            return
        assert self._postgres is not None
        async with self._copying:
            await ask(self._postgres, f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY file_copy")
        try:
            yield renamed(self._postgres, name)
        finally:
            with contextlib.suppress(asyncpg.PostgresError):
                await ask(self._postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def migrate(address: str) -> None:
    store = open_store(address)
    await store.migrate()
    await store.close()


@dataclass
class Stage:
    """A run in progress; `fork` starts one more worker on it."""

    slack: StandIn
    store: Store
    processes: Processes
    settings: dict[str, Any]
    members: list[MemberKey]
    mutant: str | None = None
    log: str | None = None
    trace: str | None = None
    workers: list[Worker] = field(default_factory=list)

    async def fork(self, **order: Any) -> Worker:
        """Start a process. With `kill`, it kills itself at that point."""
        settings = self.settings | dict(MUTANTS[self.mutant].settings if self.mutant else ())
        whole: Order = {"settings": settings, "mutant": self.mutant, "log": self.log, "trace": self.trace, **order}
        worker = self.processes.start(whole)
        self.workers.append(worker)
        return worker

    async def died(self, worker: Worker, within: float = PATIENCE) -> bool:
        """Wait for a worker to die. Return False if it still lives."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(worker.wait(), within)
        return worker.ended.done()

    @property
    def kills(self) -> int:
        return sum(worker.ended.done() and worker.ended.result() == -signal.SIGKILL for worker in self.workers)

    @property
    def crashes(self) -> int:
        return sum(worker.ended.done() and worker.ended.result() not in {0, -signal.SIGKILL} for worker in self.workers)

    async def ended(self, within: float = PATIENCE) -> bool:
        """Wait until all nudges are planned and all deliveries ended. Return False at a time-out, as with a mutant."""
        return await self.until(self._all_ended, MUTANTS_PATIENCE if self.mutant else within)

    async def _all_ended(self) -> bool:
        planned, open_ = await self.store.read(_counted)
        return planned >= len(self.members) and not open_

    async def until(self, happened: Callable[[], Awaitable[bool]], within: float = PATIENCE) -> bool:
        """Poll until something happened in another process. Return False at a time-out."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while not await happened():
            if loop.time() > until:
                return False
            await asyncio.sleep(0.1)
        return True

    async def spread(self, every: timedelta) -> None:
        """Let the slot of one member come after that of the other, from now on."""
        now = self.slack.clock()
        due = [{"who": who.member_id, "due": now + n * every} for n, who in enumerate(self.members)]
        await self.store.write(_spread, due)

    async def rows(self) -> list[Any]:
        rows: list[Any] = await self.store.read(_deliveries)
        return rows

    def posts(self) -> Counter[MemberKey]:
        return Counter(MemberKey(post.workspace, post.person or "") for post in self.slack.posts if post.metadata)

    def members_of(self, workspace_id: str) -> list[MemberKey]:
        return [who for who in self.members if who.workspace_id == workspace_id]

    async def stop(self) -> None:
        for worker in self.workers:
            await worker.kill()


def is_ended(row: Any) -> bool:
    return row.state in FINAL or (row.state == DeliveryState.UNCONFIRMED and row.ended_at is not None)


def _counted(tx: Connection) -> tuple[int, int]:
    doubt = (delivery.c.state == DeliveryState.UNCONFIRMED) & delivery.c.ended_at.is_not(None)
    is_open = delivery.c.state.not_in(FINAL) & ~doubt
    planned, still_open = tx.execute(
        select(func.count(), func.sum(case((is_open, 1), else_=0))).select_from(delivery)
    ).one()
    return planned, still_open or 0


def _spread(tx: Connection, due: list[dict[str, Any]]) -> None:
    of_member = schedules_table.c.member_id == bindparam("who")
    tx.execute(update(schedules_table).where(of_member).values(next_due_at=bindparam("due")), due)


def _deliveries(tx: Connection) -> list[Any]:
    return list(tx.execute(select(delivery)))


@dataclass(frozen=True)
class Plan:
    """What a run needs: how many members, where, how fast, and what is broken on purpose."""

    members: int = 10
    database: str = "sqlite"
    per_minute: float = 1200
    scopes_without: frozenset[str] = frozenset()
    mutant: str | None = None
    lease: float = LEASE
    settling: float = SETTLING
    log: str | None = None
    workspaces: tuple[str, ...] = (WORKSPACE,)  # several install the bot through OAuth; their members have the same ids
    is_of_organisation: bool = False
    rotates: bool = False  # it is installed through OAuth, and its token is to be refreshed

    @property
    def is_installed(self) -> bool:
        return len(self.workspaces) > 1 or self.rotates


def installed(about: str) -> dict[str, Any]:
    """Return what of a plan depends on the way in which the bot is installed."""
    workspaces = (WORKSPACE, SECOND) if about in {TWO_INSTALLED, OF_ONE} else (WORKSPACE,)
    return {"workspaces": workspaces, "is_of_organisation": about == OF_ONE}


@contextlib.asynccontextmanager
async def stage(plan: Plan, databases: Databases, processes: Processes) -> AsyncIterator[Stage]:
    """Start an emulated Slack and a database with members whose slot came half an hour ago."""
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roleshift-run-")))
        clock_file = scratch / "clock"
        taken = stack.enter_context(socket.create_server(("127.0.0.1", 0)))  # so that no worker serves its health
        web = Web(processes, plan.mutant, plan.log) if plan.is_installed else None
        app = _app(plan, web)
        rosters = [generated(plan.members, workspace_id) for workspace_id in plan.workspaces]
        async with (
            databases.fresh(plan.database) as address,
            StandIn(*rosters, app=app, clock_file=clock_file) as slack,
        ):
            slack.clock.advance(_until_slot() - SINCE_INSTALLED)
            store = open_store(address)
            connection = slack.environment() if web is None else _through_oauth(slack, web)
            settings = connection | {
                "DATABASE_URL": address,
                "PORT": str(taken.getsockname()[1]),
                "ROLESHIFT_HOST": "127.0.0.1",
                "ROLESHIFT_CLOCK": str(clock_file),
                "ROLESHIFT_LEASE_SECONDS": str(plan.lease),
                "ROLESHIFT_SETTLE_SECONDS": str(plan.settling),
                "ROLESHIFT_SENDS_PER_MINUTE": str(plan.per_minute),
            }
            if web is not None:
                await _install(slack, web, settings, is_of_organisation=plan.is_of_organisation)
            slack.clock.advance(SINCE_INSTALLED)
            members = [MemberKey(roster.id, person.id) for roster in rosters for person in roster.people]
            channels = {who: slack.workspaces[who.workspace_id].dm(who.member_id).id for who in members}
            await store.write(_seed, members, channels, slack.clock())
            run = Stage(slack, store, processes, settings, members, plan.mutant, plan.log)
            try:
                yield run
            finally:
                await run.stop()
                await store.close()


def _app(plan: Plan, web: Web | None) -> SlackApp:
    app = roleshift()
    redirect_urls = () if web is None else (f"{web.url}{REDIRECT}",)
    scopes = app.scopes - plan.scopes_without
    return replace(app, scopes=scopes, redirect_urls=redirect_urls, token_rotation=plan.rotates)


def _through_oauth(slack: StandIn, web: Web) -> dict[str, str | None]:
    key = {"ROLESHIFT_TOKEN_KEYS": KEY, "SLACK_BOT_TOKEN": None, "SLACK_APP_TOKEN": None}
    return slack.oauth_environment() | {"ROLESHIFT_PUBLIC_URL": web.url} | key


async def _install(slack: StandIn, web: Web, settings: dict[str, Any], *, is_of_organisation: bool) -> None:
    """Install the bot in each workspace, or in all at once. The web process that serves the pages then stops."""
    names = {workspace.id: workspace.name for workspace in slack.workspaces.values()}
    if is_of_organisation:
        slack.hub.oauth.has_organisation = True
        slack.hub.oauth.granted |= names.keys()
        names = {ORGANISATION: "Organisation"}
    async with web.running(settings):
        for place, name in names.items():
            await web.install(place, name)


def _until_slot() -> timedelta:
    """Return the time from now until next week's Wednesday, 10:00 UTC."""
    now = datetime.now(UTC)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    slot = today + timedelta(days=7 + SLOT.weekday - now.weekday(), minutes=SLOT.minute)
    return timedelta(seconds=int((slot + SINCE_SLOT - now).total_seconds()))


def _seed(tx: Connection, members: list[MemberKey], channels: dict[MemberKey, str], now: datetime) -> None:
    """Store the members, who opted in and whose slot has just come."""
    for workspace_id in {who.workspace_id for who in members}:
        workspaces.connect(tx, workspace_id, now)
    schedule = Schedule(Consent.YES, SLOT, "UTC", zone_is_own=True, next_due_at=(now - SINCE_SLOT).replace(second=0))
    for who in members:
        membership.meet(tx, who, Profile("UTC", coachable=True), now)
        schedules.save(tx, who, schedule, now)
        schedules.set_dm(tx, who, channels[who])
