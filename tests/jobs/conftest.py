"""The services of the jobs in tests: an emulated Slack, a SQLite file, and a clock that the test sets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.clock import Clock
from bot.coach import membership, schedules
from bot.content.library import Library
from bot.core.catalog import Catalog
from bot.core.member import MemberKey, Profile
from bot.outbox.sending import Pace
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.slack.services import Services, build
from bot.store import open_store, workspaces
from tests.acting import acting
from tests.driver.standin import StandIn

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
EMIL = "U02EMIL"
Run = Callable[[Services, asyncio.Event], Awaitable[None]]


class SetClock(Clock):
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = MONDAY

    def now(self) -> datetime:
        return self.at

    def passes(self, **span: int) -> None:
        self.at += timedelta(**span)


class Office:
    def __init__(self, slack: StandIn, services: Services, clock: SetClock) -> None:
        self.slack, self.services, self.clock = slack, services, clock

    def key(self, member_id: str = EMIL) -> MemberKey:
        return MemberKey(self.slack.workspace.id, member_id)

    async def joins(self, *people: str) -> None:
        """Let these people opt in, or Emil alone."""
        for member_id in people or [EMIL]:
            zone = self.slack.workspace.person(member_id).zone
            await self.opts_in(self.key(member_id), Profile(zone, coachable=True))

    async def opts_in(self, who: MemberKey, profile: Profile) -> None:
        await self.services.store.write(membership.meet, who, profile, self.clock.at)
        await self.services.store.write(acting(schedules.accept, who, self.clock.at), None, None)

    async def runs(self, *jobs: Run, stopped: bool = False) -> None:
        """Run jobs. `stopped`: they are told to stop before they begin."""
        stopping = asyncio.Event()
        if stopped:
            stopping.set()
        for job in jobs:
            await job(self.services, stopping)

    async def tips(self, member_id: str = EMIL) -> schedules.Tips:
        return await self.services.store.read(acting(schedules.state, self.key(member_id)))

    def received(self, member_id: str = EMIL) -> list[str]:
        """Return the first words of each direct message."""
        dm = self.slack.workspace.dm(member_id).id
        return [post.text.partition(":")[0] for post in self.slack.posts if post.channel == dm]


@pytest.fixture
async def office(migrated_sqlite: str, catalog: Catalog) -> AsyncIterator[Office]:
    async with StandIn() as slack, office_on(migrated_sqlite, slack, catalog) as office:
        await office.services.store.write(workspaces.connect, slack.workspace.id, office.clock.at)
        yield office


@contextlib.asynccontextmanager
async def office_on(database: str, slack: StandIn, catalog: Catalog) -> AsyncIterator[Office]:
    clock, store = SetClock(), open_store(database)
    async with aiohttp.ClientSession() as session:
        gateway = Gateway(session, slack.api_url)
        gateway.add(WorkspaceGateway(slack.workspace.id, session, slack.api_url, slack.bot_token))
        pace = Pace(per_minute=600_000, lease=60, settling=0, asks_per_minute=600_000)
        yield Office(slack, build(Library(catalog), store, gateway, clock, pace=pace), clock)
    await store.close()
