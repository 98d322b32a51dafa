"""A request of a member, typed, clicked or submitted; an event; and the work that goes on after the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.coach import challenges, installing, membership
from bot.coach.act import Act
from bot.coach.posts import answers
from bot.core.catalog import Catalog
from bot.core.errors import NextStep, NotAdmin, NotCoached, NothingChanged, NotMet, OutcomeUnknown
from bot.core.member import AdminAct, MemberKey
from bot.core.outbox import DrawnSubject
from bot.metrics import DENIED
from bot.slack.gateway import TokenRefused, WorkspaceGateway
from bot.slack.message import Message, to_json
from bot.slack.noun import Nouns
from bot.slack.services import Services
from bot.store import Store, admins as admin_rows, record as record_rows
from bot.store.types import T, Ts

ShownT = TypeVar("ShownT")  # a Message, or the view that a form turns into


@dataclass(slots=True)
class Request:
    services: Services
    nouns: Nouns
    who: MemberKey
    now: datetime
    clicked: challenges.MessageRef | None = None  # the message whose button was clicked, if others see it too
    public_channel: str | None = None  # where it was typed or clicked, if that is a public channel
    channel: str | None = None  # where it was typed or clicked
    post_urls: Mapping[str, str] = field(default_factory=dict)  # `response_url`s by chosen channel
    asked_at: datetime | None = None  # when Slack signed it; None: now
    direct: "DirectMessage | None" = None  # as what it was written; its answer then goes through the outbox
    noted: bool = False  # whether a transaction has stored that the member is active
    acts: list[Act] = field(default_factory=list)  # one for each transaction
    catalog: Catalog = field(init=False)  # what the coach teaches; the same until the request is answered

    def __post_init__(self) -> None:
        self.catalog = self.services.catalog

    @property
    def shared_channel(self) -> str | None:
        """Return the channel where it was typed or clicked; None in direct messages, whose ids start with a D."""
        return self.channel if self.channel and self.channel.startswith(("C", "G")) else None

    @property
    def slack(self) -> WorkspaceGateway:
        return self.services.gateway.for_workspace(self.who.workspace_id)

    @property
    def store(self) -> Store:
        return self.services.store

    def act(self, tx: Connection) -> Act:
        self.acts.append(Act(tx, self.catalog, self.who, self.now))
        return self.acts[-1]

    async def read(self, use_case: Callable[[Act, *Ts], T], *args: *Ts) -> T:
        return await self.store.read(lambda tx: use_case(self.act(tx), *args))

    async def write(self, use_case: Callable[[Act, *Ts], T], *args: *Ts, then: Callable[[T], ShownT]) -> ShownT:
        """Run a use case for a member who may be coached and return what `then` shows of it, drawn before the commit.

        Raise AlreadyAnswered for a direct message that Slack delivered again.
        """
        direct, people = self.direct, self.services.people

        def change(tx: Connection) -> ShownT:
            if direct is not None and not direct.taken:
                answers.take(tx, self.who, direct.reply_to, self.now)
            said = then(use_case(self.act(tx), *args))
            if direct is not None and isinstance(said, Message):
                answers.answer(tx, self.who, direct.reply_to, as_subject(said), self.now)
            return said

        await people.meet(self.who, self.asked_at)
        try:
            said = await self.store.write(change)
        except NotMet:  # another process deleted this member meanwhile
            people.forget(self.who)
            await people.meet(self.who, self.asked_at)
            said = await self.store.write(change)
        self.noted = True
        if direct is not None:
            direct.taken = True
            direct.answered |= isinstance(said, Message)
        return said

    async def hear(self, use_case: Callable[[Catalog, *Ts], T], *args: *Ts) -> T:
        """Hear or search the words of a member. Nobody else waits for that."""
        return await self.services.hear(use_case, self.catalog, *args)

    async def note_active(self) -> None:
        """Note that the member is active, if that is not stored already. Never raise."""
        if self.noted or any(act.is_awake for act in self.acts):
            return
        with suppress(NothingChanged, OutcomeUnknown):  # their next click tells, too
            if (await self.read(Act.read)).rhythm.unanswered:
                await self.store.write(record_rows.heard, self.who)

    async def take(self) -> None:
        """Note that a direct message is handled, before what must not be repeated. Raise AlreadyAnswered."""
        if self.direct is not None and not self.direct.taken:
            await self.services.people.meet(self.who, self.asked_at)
            await self.store.write(answers.take, self.who, self.direct.reply_to, self.now)
            self.direct.taken = True

    async def check_member(self) -> None:
        """Raise NotCoached unless this person may be coached. Store nothing about them."""
        await self.services.people.check(self.who)

    async def is_guest(self) -> bool:
        """Return whether this person may not be coached; False if Slack does not answer."""
        return await self.services.people.seems_guest(self.who)

    async def check_admin(self, to: str, *instead: NextStep) -> None:
        """Raise NotAdmin unless this person is a workspace admin or coach admin now; `to` says what only they may do.

        Raise NotCoached for guests and outsiders, and NothingChanged if Slack does not answer.
        """
        profile = await self.slack.profile(self.who.member_id)
        named = not profile.is_admin and await self.store.read(admin_rows.is_named, self.who)
        if named and not profile.may_be_coach_admin:
            await self.store.write(membership.see_profile, self.who, profile, self.now)
            named = False
        if not profile.coachable:
            raise NotCoached
        if not (profile.is_admin or named):
            DENIED.inc()
            with suppress(NothingChanged):  # the answer stays the same if the database is busy
                denied = partial(admin_rows.record, subject=to)
                await self.store.write(denied, self.who.workspace_id, AdminAct.DENIED, self.now)
            raise NotAdmin(to, *instead)


async def from_content(draw: Callable[[Catalog, T], ShownT], request: Request, value: T) -> ShownT:
    return draw(request.catalog, value)


@dataclass(slots=True)
class DirectMessage:
    """A direct message to the bot. Its event is taken, and its answer planned, in one transaction."""

    reply_to: answers.ReplyTo
    taken: bool = False
    answered: bool = False


def as_subject(said: Message) -> DrawnSubject:
    """Return a message as the outbox holds it. Charts are left to places where it is known whether Slack shows them."""
    said = said.without_charts or said
    return DrawnSubject(text=said.text, blocks=to_json(said.blocks))


class Background:
    """Work that goes on after Slack has its answer. Holding a task keeps the garbage collector from ending it early."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Future[Any]] = set()

    def __call__(self, work: Awaitable[T]) -> asyncio.Future[T]:
        """Start a task. If nobody waits for it, it must handle its own failures."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self, seconds: float) -> None:
        """Wait until all tasks and those that they start are done. Cancel those that take longer than `seconds`."""
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while self._tasks and now() < until:
            await asyncio.wait(set(self._tasks), timeout=until - now())
        for task in set(self._tasks):  # such as requests that still wait for the database; nothing depends on them
            task.cancel()


async def hearing(request: Request, background: Background, answer: Awaitable[T]) -> T:
    """Return the answer of a handler. Whatever becomes of it, the member was there.

    If Slack refused the token, it is asked about that soon: another installation may serve the workspace by now.
    """
    try:
        return await answer
    except TokenRefused as error:
        background(request.store.write(installing.doubt, request.who.workspace_id, error.why, request.now))
        raise
    finally:
        background(request.note_active())


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `background`: what is done after the answer to Slack."""

    services: Services
    nouns: Nouns
    background: Background
    workspace_id: str
    event_id: str
    now: datetime
    happened_at: datetime | None = None  # None: Slack does not say when
