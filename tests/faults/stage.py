"""What a run needs: an emulated Slack, a database of its own, members who opted in, and the state at its end."""

import asyncio
import contextlib
import secrets
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
from sqlalchemy import Connection, bindparam, func, select, update

from bot.coach import membership
from bot.core.calendar import Slot
from bot.core.errors import NothingChanged
from bot.core.member import Consent, MemberKey, Profile, Schedule
from bot.core.outbox import DeliveryState, Kind
from bot.playground.emulator.hub import Post
from bot.playground.emulator.oauth import ORGANISATION
from bot.store import Store, open_store, schedules, workspaces
from bot.store.member_schema import delivery, schedule as schedules_table
from tests.databases import migrate
from tests.driver.apps import roleshift
from tests.driver.generated import generated
from tests.driver.standin import StandIn
from tests.faults.mutants import MUTANTS
from tests.faults.processes import Processes, Worker
from tests.faults.tally import Case
from tests.faults.web import REDIRECT, Web
from tests.postgres import server
from tests.postgres_databases import ask, create_database, drop_database, renamed
from tests.running import KEY, migrated

SLOT = Slot(weekday=2, minute=9 * 60 + 30)  # Wednesday 09:30, in UTC
SINCE_SLOT = timedelta(minutes=30)
SINCE_INSTALLED = timedelta(hours=7)  # a token that Slack rotates is then to be refreshed
LEASE, SETTLING = 2.0, 2.0  # seconds; a stall longer than both is what can't be promised
PATIENCE = 600  # seconds after which a run that has not ended counts as failed, on a busy machine
MUTANTS_PATIENCE = 15
MAX_TRIES, PAUSE = 20, 0.2  # of a person who is told to try again; seconds between two
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
        if kind == "sqlite":
            path = self._folder / f"{secrets.token_hex(6)}.db"
            path.write_bytes(migrated())
            yield f"sqlite:///{path}"
            for each in self._folder.glob(f"{path.name}*"):
                each.unlink()
            return
        assert self._postgres is not None
        async with self._copying:
            address = await create_database(self._postgres, self._template)
        try:
            yield address
        finally:
            with contextlib.suppress(asyncpg.PostgresError):
                await drop_database(self._postgres, address)


@dataclass
class Stage:
    """A run in progress; `fork` starts one more worker on it."""

    slack: StandIn
    store: Store
    processes: Processes
    settings: dict[str, Any]
    members: list[MemberKey]
    mutant: str | None = None
    trace: str | None = None
    workers: list[Worker] = field(default_factory=list)

    async def fork(self, **order: Any) -> Worker:
        """Start a process. With `kill`, it kills itself at that point."""
        settings = self.settings | dict(MUTANTS[self.mutant].settings if self.mutant else ())
        whole = {"settings": settings, "mutant": self.mutant, "trace": self.trace, **order}
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

    async def ended(self, within: float = PATIENCE, nudges: int | None = None) -> bool:
        """Wait until so many nudges (by default, one for each member) are planned, and all deliveries have ended.

        Return False at a time-out, as with a mutant.
        """
        wanted = len(self.members) if nudges is None else nudges

        async def all_ended() -> bool:
            planned, still_open = await self.store.read(_counted)
            return planned >= wanted and not still_open

        return await self.until(all_ended, MUTANTS_PATIENCE if self.mutant else within)

    async def until(self, happened: Callable[[], bool | Awaitable[bool]], within: float = PATIENCE) -> bool:
        """Poll until something happened in another process. Return False at a time-out."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while not (found if isinstance(found := happened(), bool) else await found):
            if loop.time() > until:
                return False
            await asyncio.sleep(0.1)
        return True

    async def spread(self, every: timedelta) -> None:
        """Let the slot of one member come after that of the other, from now on."""
        now = self.slack.clock()
        due = [{"who": who.member_id, "due": now + n * every} for n, who in enumerate(self.members)]
        moved = update(schedules_table).where(schedules_table.c.member_id == bindparam("who"))
        await self.store.write(lambda tx: tx.execute(moved.values(next_due_at=bindparam("due")), due))

    async def rows(self) -> list[Any]:
        rows: list[Any] = await self.store.read(deliveries)
        return rows

    def posts(self) -> Counter[MemberKey]:
        return Counter(MemberKey(post.workspace, post.person or "") for post in self.slack.posts if post.metadata)

    def members_of(self, workspace_id: str) -> list[MemberKey]:
        return [who for who in self.members if who.workspace_id == workspace_id]

    async def stop(self) -> None:
        """Kill all workers that live; they don't count among `kills`."""
        living = [worker for worker in self.workers if not worker.ended.done()]
        for worker in living:
            await worker.kill()
        self.workers = [worker for worker in self.workers if worker not in living]

    async def over(self, *expected: str) -> tuple[list[Any], list[str]]:
        """Stop all. Return all deliveries, and what no proof allows; `expected`: errors with which Slack may refuse."""
        await self.stop()
        rows, ends = await self.rows(), [worker.ended.result() for worker in self.workers if worker.ended.done()]
        refused = [
            each
            for each in self.slack.refused
            # The last: another test's bot was refused, which asks for a WebSocket at a port that it used before.
            if each.error not in {"missing_scope", *expected} and each.what != "apps.connections.open"
        ]
        return rows, [
            *(f"a process ended by itself: {code}" for code in ends if code not in {0, -signal.SIGKILL}),
            *(f"left: {row.key} is {row.state} ({row.reason})" for row in rows if not is_ended(row)),
            *(f"refused by Slack: {each}" for each in refused),
        ]


async def patiently(store: Store, use_case: Callable[..., Any], *args: Any) -> Any:
    """Do what a person does, who tries again if nothing was changed."""
    for _ in range(MAX_TRIES):
        with contextlib.suppress(NothingChanged):
            return await store.write(use_case, *args)
        await asyncio.sleep(PAUSE)
    raise NothingChanged


def id_of(post: Post) -> str:
    """Return the delivery's id, which travels along as metadata."""
    return str(((post.metadata or {}).get("event_payload") or {}).get("k"))


def is_ended(row: Any) -> bool:
    return row.state in FINAL or (row.state == DeliveryState.UNCONFIRMED and row.ended_at is not None)


def _counted(tx: Connection) -> tuple[int, int]:
    """Return how many nudges are planned, and how many deliveries have not ended."""
    c = delivery.c
    doubt = (c.state == DeliveryState.UNCONFIRMED) & c.ended_at.is_not(None)
    nudges, still_open = c.kind == Kind.NUDGE, c.state.not_in(FINAL) & ~doubt
    # In one statement: between two, all nudges could be planned, and look as if they had ended.
    counts = (func.count().filter(nudges), func.count().filter(still_open))
    row = tx.execute(select(*counts).select_from(delivery)).one()
    return row[0], row[1]


def deliveries(tx: Connection) -> list[Any]:
    return list(tx.execute(select(delivery)))


@dataclass(frozen=True)
class Plan:
    """What a run needs: how many members, how fast, and what is broken on purpose."""

    case: Case
    members: int = 10
    per_minute: float = 1200
    scopes_without: frozenset[str] = frozenset()
    lease: float = LEASE
    settling: float = SETTLING
    rotates: bool = False  # it is installed through OAuth, and its token is to be refreshed

    @property
    def workspaces(self) -> tuple[str, ...]:
        """Return their ids: several install the bot through OAuth, and their members have the same ids."""
        return (WORKSPACE, SECOND) if self.case.about in {TWO_INSTALLED, OF_ONE} else (WORKSPACE,)

    @property
    def is_installed(self) -> bool:
        return len(self.workspaces) > 1 or self.rotates


@contextlib.asynccontextmanager
async def stage(plan: Plan, databases: Databases, processes: Processes) -> AsyncIterator[Stage]:
    """Start an emulated Slack and a database with members whose slot came half an hour ago."""
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roleshift-run-")))
        clock_file = scratch / "clock"
        taken = stack.enter_context(socket.create_server(("127.0.0.1", 0)))  # so that no worker serves its health
        web = Web(processes, plan.case.mutant) if plan.is_installed else None
        app = roleshift()
        app = replace(
            app,
            scopes=app.scopes - plan.scopes_without,
            redirect_urls=() if web is None else (f"{web.url}{REDIRECT}",),
            token_rotation=plan.rotates,
        )
        rosters = [generated(plan.members, workspace_id) for workspace_id in plan.workspaces]
        async with (
            databases.fresh(plan.case.database) as address,
            StandIn(*rosters, app=app, clock_file=clock_file) as slack,
        ):
            slack.faults.random.seed(plan.case.seed)
            now = datetime.now(UTC)
            until_wednesday = timedelta(days=7 + SLOT.weekday - now.weekday(), minutes=SLOT.minute)
            slot = now.replace(hour=0, minute=0, second=0, microsecond=0) + until_wednesday
            slack.clock.advance(timedelta(seconds=int((slot + SINCE_SLOT - now).total_seconds())) - SINCE_INSTALLED)
            store = open_store(address)
            settings: dict[str, Any] = {
                **slack.environment(), "DATABASE_URL": address, "PORT": str(taken.getsockname()[1]),
                "ROLESHIFT_HOST": "127.0.0.1", "ROLESHIFT_CLOCK": str(clock_file),
                "ROLESHIFT_LEASE_SECONDS": str(plan.lease), "ROLESHIFT_SETTLE_SECONDS": str(plan.settling),
                "ROLESHIFT_SENDS_PER_MINUTE": str(plan.per_minute),
            }  # fmt: skip
            if web is not None:
                settings |= slack.oauth_environment() | {"ROLESHIFT_PUBLIC_URL": web.url, "ROLESHIFT_TOKEN_KEYS": KEY}
                settings |= {"SLACK_BOT_TOKEN": None, "SLACK_APP_TOKEN": None}
                await _install(slack, web, settings, is_of_organisation=plan.case.about == OF_ONE)
            slack.clock.advance(SINCE_INSTALLED)
            members = [MemberKey(roster.id, person.id) for roster in rosters for person in roster.people]
            channels = {who: slack.workspaces[who.workspace_id].dm(who.member_id).id for who in members}
            await store.write(_seed, members, channels, slack.clock())
            run = Stage(slack, store, processes, settings, members, plan.case.mutant)
            try:
                yield run
            finally:
                await run.stop()
                await store.close()


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


def _seed(tx: Connection, members: list[MemberKey], channels: dict[MemberKey, str], now: datetime) -> None:
    """Store the members, who opted in and whose slot has just come."""
    for workspace_id in {who.workspace_id for who in members}:
        workspaces.connect(tx, workspace_id, now)
    schedule = Schedule(Consent.YES, SLOT, "UTC", zone_is_own=True, next_due_at=(now - SINCE_SLOT).replace(second=0))
    for who in members:
        membership.meet(tx, who, Profile("UTC", coachable=True), now)
        schedules.save(tx, who, schedule, now)
        schedules.set_dm(tx, who, channels[who])
