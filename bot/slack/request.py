"""One thing that a member asked for, whether it was typed, clicked or submitted."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import Connection

from bot.clock import Clock
from bot.coach import admins, membership
from bot.coach.entries import Place
from bot.core.catalog import Catalog
from bot.core.errors import NotAdmin, NothingChanged, NotMet
from bot.core.member import MemberKey
from bot.metrics import DENIED
from bot.slack.gateway import Gateway
from bot.slack.installation import Installation
from bot.slack.people import People
from bot.store import Store

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Said = TypeVar("Said")  # a Message, or the view that a form turns into


@dataclass(frozen=True, slots=True)
class Services:
    """What every answer may need; joined in app.py."""

    catalog: Catalog
    store: Store
    gateway: Gateway
    people: People
    clock: Clock
    installation: Installation


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, with which words after the verb, and when."""

    services: Services
    who: MemberKey
    words: str
    now: datetime
    clicked: Place | None = None  # the message whose button was pressed, if others see it too
    public_channel: str | None = None  # where it was typed or clicked, if that is a public channel
    channel: str | None = None  # where it was typed or clicked
    asked_at: datetime | None = None  # when Slack signed it; None: now

    @property
    def catalog(self) -> Catalog:
        """What is taught."""
        return self.services.catalog

    async def find(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """Runs a verb that changes nothing, for what has to be known before anything can be said."""
        return await self.services.store.read(verb, *args)

    async def read(self, verb: Callable[[Connection, *Ts], T], *args: *Ts, then: Callable[[T], Said]) -> Said:
        """Runs a verb that changes nothing, and says `then` what it found."""
        return await self.services.store.read(_said, verb, args, then)

    async def write(self, verb: Callable[[Connection, *Ts], T], *args: *Ts, then: Callable[[T], Said]) -> Said:
        """Runs a verb for a member who may be coached; what `then` says is rendered before the commit."""
        await self.services.people.meet(self.who, self.asked_at)
        try:
            return await self.write_unmet(verb, *args, then=then)
        except NotMet:  # forgotten by another process, which this one was not told
            self.services.people.forget(self.who)
            await self.services.people.meet(self.who, self.asked_at)
            return await self.write_unmet(verb, *args, then=then)

    async def write_unmet(self, verb: Callable[[Connection, *Ts], T], *args: *Ts, then: Callable[[T], Said]) -> Said:
        """The same for anybody, where nothing is stored about them."""
        return await self.services.store.write(_said, verb, args, then)

    async def check_member(self) -> None:
        """Raise NotCoached unless this person may be coached; nothing is stored about them."""
        await self.services.people.check(self.who)

    async def check_admin(self, to: str) -> None:
        """Raises NotAdmin, which says who may `to` do it, unless they are an admin at this moment.

        That is whom Slack calls one now, or who was named. Raises NotCoached for guests and outsiders, and
        NothingChanged where Slack does not answer.
        """
        profile = await self.services.gateway.profile(self.who)
        named = not profile.is_admin and await self.find(admins.is_named, self.who)
        if named and not profile.may_be_coach_admin:
            await self.services.store.write(membership.see_profile, self.who, profile, self.now)
            named = False
        profile.check_coachable()
        if not (profile.is_admin or named):
            DENIED.inc()
            with suppress(NothingChanged):  # a busy database is no reason to tell them anything else
                await self.services.store.write(admins.deny, self.who, to, self.now)
            raise NotAdmin(to)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a workspace without anybody asking for an answer."""

    services: Services
    workspace_id: str
    event_id: str
    event: dict[str, Any]
    now: datetime


def _said(tx: Connection, verb: Callable[..., T], args: tuple[Any, ...], then: Callable[[T], Said]) -> Said:
    return then(verb(tx, *args))
