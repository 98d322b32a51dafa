"""Who may be coached: Slack is asked about a person once, before the first thing that would be stored about them."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.coach import membership
from bot.core.errors import NotCoached, NothingChanged
from bot.core.member import MemberKey, Profile
from bot.slack.gateway import ASKING_TIMEOUT, Gateway, TooMany
from bot.slack.web_client import NO_TOKEN
from bot.store import Store, admins, members

log = logging.getLogger(__name__)

MAX_KNOWN = 50_000  # keys in memory, about 10 MB; the database knows the rest
PROMPT = timedelta(seconds=2)  # a request that arrives later may have been sent before, and delivered again
FRESH = 300  # seconds for which an answer of Slack's is used
GUEST, ADMIN = "guest", "admin"  # what Slack says about people


class People:
    """Meet members. A member who was met needs no statement and no call again."""

    def __init__(self, store: Store, gateway: Gateway, clock: Clock) -> None:
        self._store, self._gateway, self._clock = store, gateway, clock
        self._directories: dict[str, Directory] = {}
        self._known: set[MemberKey] = set()
        self._answers: dict[tuple[MemberKey, str], tuple[bool, float]] = {}  # with when to ask again

    async def meet(self, who: MemberKey, asked_at: datetime | None = None) -> None:
        """Make sure that a member is stored. Raise NotCoached, or WasForgotten if that was after `asked_at`."""
        now = self._clock.now()
        if asked_at is not None and now - asked_at > PROMPT:  # a member who came back is known, so nothing else asks
            await self._store.read(membership.check_not_forgotten, who, asked_at, now)
        if who in self._known:
            return
        if not await self._store.read(members.is_met, who):
            profile = await self.directory(who.workspace_id).profile(who.member_id)
            await self._store.write(membership.meet, who, profile, self._clock.now(), asked_at)
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known.add(who)

    async def check(self, who: MemberKey) -> None:
        """Raise NotCoached unless this person may read what members read. Slack's answer is used for five minutes."""
        if await self._is(GUEST, who):
            raise NotCoached

    async def seems_guest(self, who: MemberKey) -> bool:
        """Return whether this person may not be coached; False if Slack does not answer."""
        with suppress(*NO_TOKEN):
            return await self._is(GUEST, who)
        return False

    async def seems_admin(self, who: MemberKey) -> bool:
        """Return whether to offer what only admins may do; False without an answer. The click asks again."""
        with suppress(*NO_TOKEN):
            return await self._is(ADMIN, who)
        return False

    async def _is(self, what: str, who: MemberKey) -> bool:
        now = asyncio.get_running_loop().time()
        holds, until = self._answers.get((who, what), (False, now))
        if until > now:
            return holds
        if what == ADMIN:
            profile = await self._gateway.for_workspace(who.workspace_id).profile(who.member_id)
            holds = profile.is_admin or (profile.may_be_coach_admin and await self._store.read(admins.is_named, who))
        elif await self._store.read(members.is_met, who):  # who has a row is none, so Slack is not asked
            holds = False
        else:
            holds = not (await self.directory(who.workspace_id).profile(who.member_id)).coachable
        if len(self._answers) >= MAX_KNOWN:
            self._answers.clear()
        self._answers[who, what] = holds, now + FRESH
        return holds

    async def some_admins(self, workspace_id: str) -> list[str]:
        """Return at most two owners or admins on the first page of Slack's list; none without an answer."""
        with suppress(*NO_TOKEN):
            async for page in self._gateway.for_workspace(workspace_id).everybody():
                return [member_id for member_id, profile in page.items() if profile.is_admin][:2]
        return []

    def forget(self, who: MemberKey) -> None:
        self._known.discard(who)
        self._answers.pop((who, GUEST), None)
        self._answers.pop((who, ADMIN), None)
        self.directory(who.workspace_id).listed.pop(who.member_id, None)

    def directory(self, workspace_id: str) -> "Directory":
        if workspace_id not in self._directories:
            self._directories[workspace_id] = Directory(self._gateway, workspace_id)
        return self._directories[workspace_id]


class Directory:
    """The people of one workspace. At its rate limit, Slack is asked for the list of everybody instead of one person.

    `users.info` may be called a hundred times a minute: without the list, a whole team that clicks on its first
    challenge would be turned away. The list stays in memory for five minutes, reduced to what is needed to meet
    somebody. Names and admin rights are never read from it.
    """

    def __init__(self, gateway: Gateway, workspace_id: str) -> None:
        self._gateway, self._workspace_id = gateway, workspace_id
        self.listed: dict[str, Profile] = {}
        self._listing: asyncio.Task[None] | None = None  # started by the last 429; several requests may wait for it
        self._paused_until = 0.0  # by the loop's clock: before that, Slack is asked nothing about this workspace

    async def profile(self, member_id: str) -> Profile:
        """Return what Slack said about a person within five minutes. Raise NothingChanged if it does not answer."""
        if member_id in self.listed:
            return self.listed[member_id]
        now = asyncio.get_running_loop().time
        if now() >= self._paused_until:
            try:
                return await self._gateway.for_workspace(self._workspace_id).profile(member_id)
            except TooMany as error:
                if now() >= self._paused_until:  # requests that hit the same rate limit wait for the same list
                    self._listing = asyncio.ensure_future(self._list())
                self._paused_until = max(self._paused_until, now() + error.pause.total_seconds())
        if self._listing is not None:  # after what a person can wait, it goes on for their next try
            await asyncio.wait({self._listing}, timeout=ASKING_TIMEOUT)
        if member_id not in self.listed:
            raise NothingChanged
        return self.listed[member_id]

    async def _list(self) -> None:
        listed: dict[str, Profile] = {}
        self.listed, loop = listed, asyncio.get_running_loop()
        loop.call_later(FRESH, listed.clear)
        try:
            async for page in self._gateway.for_workspace(self._workspace_id).everybody():
                listed |= {who: replace(found, is_admin=False, name=None, title=None) for who, found in page.items()}
        except NO_TOKEN as error:  # people on the pages that did not come are refused, as if there were no list
            if isinstance(error, TooMany):
                self._paused_until = max(self._paused_until, loop.time() + error.pause.total_seconds())
            log.warning("people.unlisted", exc_info=error, extra={"workspace_id": self._workspace_id})
        else:
            log.info("people.listed", extra={"workspace_id": self._workspace_id, "count": len(listed)})


MAX_OPEN = 10_000  # in memory; one that is dropped is published when it is opened again


@dataclass(slots=True)
class OpenHome:
    """`shown`: a hash of what it shows; None if that is not known. Publications take turns: the newest comes last."""

    shown: str | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
