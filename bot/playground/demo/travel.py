"""Move the playground's clock, stop at every moment at which something is due, and say what happened."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.playground.emulator.emulator import Emulator
from bot.playground.emulator.workspace import Workspace
from bot.playground.page.endpoints import ClockMoves

if TYPE_CHECKING:
    from bot.core.outbox import Delivery
    from bot.playground.demo.worker import Worker

MAX_SECONDS = 30  # of real time that one move may take
NOTHING_PLANNED = "Nothing is planned. Say yes to weekly tips or start a challenge."
STOPPED = "There is more to do than fits into one move, so the clock stopped on the way. Move it again to go on."
MAX_NAMED = 4
NOTHING = "Nothing was due."
CALLED = {  # one of a kind, and several
    "welcome": ("a welcome", "welcomes"),
    "nudge": ("a tip", "tips"),
    "reminder": ("a reminder", "reminders"),
    "challenge": ("a challenge", "challenges"),
    "recap": ("a recap", "recaps"),
    "unjoined": ("a word to who started a challenge", "words to those who started challenges"),
    "notice": ("a notice", "notices"),
    "answer": ("an answer", "answers"),
    "reply": ("an answer", "answers"),
    "task": ("a task", "tasks"),
    "introduction": ("an introduction", "introductions"),
    "news": ("news", "news"),
    "lead": ("a message to leads", "messages to leads"),
}


class Travel(ClockMoves):
    """One move at a time. Without a worker, which does the jobs, a move is a jump."""

    def __init__(self, slack: Emulator) -> None:
        super().__init__(slack)
        self._clock, self._workspace = slack.clock, slack.workspace
        self._one_move = asyncio.Lock()
        self.worker: Worker | None = None

    async def advance(self, step: timedelta) -> str:
        """Move ahead by `step`; return what happened on the way, in a sentence."""
        async with self._one_move:
            if self.worker is None:
                return await super().advance(step)
            until = self._clock() + step
            self.worker.take_news()
            if not await self._through(self.worker, until):
                return STOPPED
            return what_happened(self._workspace, self.worker.take_news())

    async def next_event(self, reader: str | None = None) -> str:
        """Move to the next moment at which something reaches a channel or a playable person. Return what it is.

        With `reader`, other people's messages do not count.
        """
        async with self._one_move:
            if self.worker is None:
                return await super().next_event(reader)
            everybody = self._workspace.people.values()
            people = [person.id for person in everybody if person.switchable and reader in {None, person.id}]
            due = await self._settled(self.worker, people)
            self.worker.take_news()  # of this moment, not of the next
            sent: list[Delivery] = []
            began = time.monotonic()
            while not any(delivery.member_id in {None, *people} for delivery in sent):
                if due is None:
                    return NOTHING_PLANNED
                if time.monotonic() > began + MAX_SECONDS or not await self._through(self.worker, due):
                    return STOPPED
                sent += self.worker.take_news()
                due = await self.worker.next_due(self._clock(), people)
            return what_happened(self._workspace, sent)

    @asynccontextmanager
    async def following(self, at_work: AbstractAsyncContextManager[Worker]) -> AsyncIterator[None]:
        """Let a worker do the jobs at each move, until the block ends."""
        async with at_work as worker:
            self.worker = worker
            try:
                yield
            finally:
                self.worker = None

    async def _through(self, worker: Worker, until: datetime) -> bool:
        """Stop at each moment on the way and let the jobs finish there; return whether the end was reached in time."""
        began = time.monotonic()
        due = await self._settled(worker)
        while due is not None and due < until:
            if time.monotonic() > began + MAX_SECONDS:
                return False
            self._go_to(due)
            due = await self._settled(worker)
        self._go_to(until)
        await self._settled(worker)
        return True

    async def _settled(self, worker: Worker, people: Collection[str] | None = None) -> datetime | None:
        """Let the jobs finish; return what is due after that, counted from before they began, as they take time."""
        began = self._clock()
        await worker.work()
        return await worker.next_due(began, people)

    def _go_to(self, moment: datetime) -> None:
        self._clock.go_to(moment)
        self._tell()


def what_happened(workspace: Workspace, sent: Iterable[Delivery]) -> str:
    """Return who got what. Playable people and channels come first, and only a few are named."""
    hidden = {person.id for person in workspace.people.values() if not person.switchable}
    ordered = sorted(sent, key=lambda delivery: delivery.member_id in hidden)
    counts = Counter((_place(workspace, delivery), CALLED[delivery.kind]) for delivery in ordered)
    if not counts:
        return NOTHING
    told = []
    for (place, called), count in counts.items():
        single, plural = called
        told.append(f"{place} got {single if count == 1 else f'{count} {plural}'}")
    more = len(told) - MAX_NAMED
    return " · ".join(told[:MAX_NAMED] + ([f"and {more} more"] if more > 0 else []))


def _place(workspace: Workspace, delivery: Delivery) -> str:
    channel = workspace.channels.get(delivery.channel or "")
    person = delivery.member_id or (channel and channel.person)  # in their direct messages, if they are no member
    return workspace.people[person].name.split()[0] if person else f"#{channel.name if channel else ''}"
