"""Run the bot's jobs in the playground: each second, and at each moment to which its clock is moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp
from sqlalchemy import Column, ColumnElement, Connection, func, or_, select, true

from bot.clock import Clock
from bot.coach import learning
from bot.content.library import open_library
from bot.core.challenges import ChallengeState
from bot.core.member import Consent, MemberKey
from bot.core.outbox import Delivery, DeliveryState
from bot.core.outcomes import Outcome, Sent
from bot.outbox.sending import Pace
from bot.run.settings import ContentSettings, load
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.slack.message import Message
from bot.slack.services import Services, build
from bot.store import open_store
from bot.store.member_schema import delivery, lead, schedule
from bot.store.schema import challenge, workspace
from jobs import once
from jobs.clock import Bell, Job
from tests.acting import acting

if TYPE_CHECKING:
    from bot.playground.emulator.emulator import Emulator

# After a jump of a week, the visitor's tip does not queue behind everybody else's.
PACE = Pace(per_minute=6000, asks_per_minute=6000)
DRAIN_SECONDS = 2


class Worker:
    """Runs the jobs of `python -m jobs` in rounds, and notes what was sent."""

    def __init__(self, services: Services, sender: _Noting) -> None:
        self._services, self._sender = services, sender
        self._one_round = asyncio.Lock()
        self.bell = Bell([Job("once", 1, self._round)])

    async def work(self) -> None:
        """Do all that is due at this moment; return when it is done."""
        async with self._one_round:
            await once(self._services)

    async def _round(self, _stopping: asyncio.Event) -> None:
        await self.work()

    async def next_due(self, after: datetime, members: Collection[str] | None = None) -> datetime | None:
        return await self._services.store.read(next_due, after, members)

    def take_news(self) -> list[Delivery]:
        """Return what was sent since the last call."""
        news, self._sender.news = self._sender.news, []
        return news

    async def standing(self, member_id: str) -> tuple[bool, bool, bool]:
        """Return whether a person has a role, said yes to weekly tips, and got one since the worker began."""
        services, who = self._services, MemberKey(self._sender.workspace_id, member_id)
        found = await services.store.read(acting(learning.my_role, who, services.clock.now(), services.catalog))
        return found.path is not None, found.schedule.consent is Consent.YES, member_id in self._sender.tipped


@asynccontextmanager
async def at_work(slack: Emulator, database_url: str) -> AsyncIterator[Worker]:
    """Let a worker do the jobs of the bot whose database this is, until the block ends."""
    store = open_store(database_url)
    async with aiohttp.ClientSession() as session:
        gateway = Gateway(session, slack.api_url)
        sender = _Noting(slack.workspace.id, session, slack.api_url, slack.bot_token)
        gateway.add(sender)
        library = open_library(load(ContentSettings).packs)
        worker = Worker(build(library, store, gateway, _EmulatorClock(slack), pace=PACE), sender)
        worker.bell.start()
        try:
            yield worker
        finally:
            await worker.bell.drain(DRAIN_SECONDS)
            await store.close()


class _Noting(WorkspaceGateway):
    """A gateway that notes what Slack accepted."""

    def __init__(self, workspace_id: str, session: aiohttp.ClientSession, api_url: str, token: str) -> None:
        super().__init__(workspace_id, session, api_url, token)
        self.news: list[Delivery] = []  # since the last call of `take_news`
        self.tipped: set[str] = set()  # who got a tip of the week

    async def post(self, delivery: Delivery, channel: str, message: Message, thread: str | None = None) -> Outcome:
        outcome = await super().post(delivery, channel, message, thread)
        if isinstance(outcome, Sent):
            self.news.append(replace(delivery, channel=outcome.channel))
            if delivery.rules.brings_a_tip and delivery.member_id:
                self.tipped.add(delivery.member_id)
        return outcome


_s, _d, _l, _c = schedule.c, delivery.c, lead.c, challenge.c
_CONNECTED = select(workspace.c.workspace_id).where(workspace.c.disconnected_at.is_(None))
_IS_OPEN = _c.state == ChallengeState.OPEN


def next_due(tx: Connection, after: datetime, members: Collection[str] | None = None) -> datetime | None:
    """Return the first moment after `after` at which something is due; None if nothing is planned.

    With `members`, other members' tips and messages do not count; challenges and channels always do.
    """

    def first(column: Column[datetime], *where: ColumnElement[bool]) -> datetime | None:
        return tx.scalar(select(func.min(column)).where(column > after, *where))

    def theirs(column: Column[str]) -> ColumnElement[bool]:
        return true() if members is None else column.in_(members)

    is_planned = (_d.state == DeliveryState.PLANNED, _d.window_ends_at > _d.try_at, _d.workspace_id.in_(_CONNECTED))
    moments = (
        first(_s.next_due_at, _s.workspace_id.in_(_CONNECTED), theirs(_s.member_id)),
        first(_d.try_at, *is_planned, or_(_d.member_id.is_(None), theirs(_d.member_id))),
        first(_c.ends_at, _IS_OPEN),
        first(_l.next_at, theirs(_l.member_id)),
    )
    return min(filter(None, moments), default=None)


class _EmulatorClock(Clock):
    """The emulator's clock, as the jobs read it."""

    def __init__(self, slack: Emulator) -> None:
        self._slack = slack

    def now(self) -> datetime:
        return self._slack.clock()
