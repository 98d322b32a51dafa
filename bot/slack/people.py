"""Who Slack says a person is: asked once, at the first thing that would be stored about them."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bot.clock import Clock
from bot.coach import membership
from bot.core.errors import NotCoached, NothingChanged
from bot.core.member import MemberKey, Profile
from bot.slack.gateway import ASKING_TIMEOUT, Gateway, TooMany
from bot.store import Store

log = logging.getLogger(__name__)

KNOWN_MOST = 50_000  # keys held in memory, about 10 MB; the database knows the rest
FRESH = 300  # seconds for which a list of everybody is believed


class _Checked(NamedTuple):
    """Whether a person may be coached, and until when that is believed, by the loop's clock."""

    coachable: bool
    until: float


class People:
    """Meets members; whoever is met already costs nothing more."""

    def __init__(self, store: Store, gateway: Gateway, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._directory = Directory(gateway)
        self._known: set[MemberKey] = set()
        self._checked: dict[MemberKey, _Checked] = {}

    async def meet(self, who: MemberKey, asked_at: datetime | None = None) -> None:
        """Make sure that a member may be coached and is remembered. Raises NotCoached for outsiders and guests.

        `asked_at`: when they made the request. Raises WasForgotten where they had themselves forgotten since.
        """
        if who in self._known:
            return
        if not await self._store.read(membership.is_met, who):
            profile = await self._directory.profile(who)
            await self._store.write(membership.meet, who, profile, self._clock.now(), asked_at)
        if len(self._known) >= KNOWN_MOST:
            self._known.clear()
        self._known.add(who)

    async def check(self, who: MemberKey) -> None:
        """Raise NotCoached unless this person may read what members read. Store nothing about them.

        The row of a member who was met says so without a call; only about a stranger is Slack asked. Both answers are
        believed for five minutes, as a list of everybody is: a list of challenges costs no statement and no call more.
        """
        now = asyncio.get_running_loop().time()
        checked = self._checked.get(who)
        if checked is None or checked.until <= now:
            coachable = await self._store.read(membership.is_met, who) or (await self._directory.profile(who)).coachable
            if len(self._checked) >= KNOWN_MOST:
                self._checked.clear()
            checked = self._checked[who] = _Checked(coachable, now + FRESH)
        if not checked.coachable:
            raise NotCoached

    def forget(self, who: MemberKey) -> None:
        """The next thing this person does meets them anew."""
        self._known.discard(who)
        self._checked.pop(who, None)
        self._directory.forget(who)


class Directory:
    """Asks Slack about one person, or, where it will not be asked so often, about everybody at once.

    Slack answers `users.info` a hundred times a minute: a whole team that clicks on its first challenge would be turned
    away. What it says about everybody stays in memory for five minutes, reduced to what meeting somebody needs; what
    an admin may do, and what somebody is called, is never read from it.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._listed: dict[MemberKey, Profile] = {}
        self._listing: asyncio.Task[None] | None = None  # begun by the last 429; kept, as many may wait for it
        self._held_until = 0.0  # by the loop's clock: Slack is asked nothing before

    async def profile(self, who: MemberKey) -> Profile:
        """What Slack says about a person, five minutes ago at most. Raises NothingChanged where it does not answer."""
        if who in self._listed:
            return self._listed[who]
        if not self._is_held():
            try:
                return await self._gateway.profile(who)
            except TooMany as error:
                self._list_everybody(who.workspace_id, error)
        return await self._once_listed(who)

    def forget(self, who: MemberKey) -> None:
        """What was listed about this person is out of date."""
        self._listed.pop(who, None)

    def _is_held(self) -> bool:
        return asyncio.get_running_loop().time() < self._held_until

    def _hold(self, refusal: TooMany) -> None:
        until = asyncio.get_running_loop().time() + refusal.pause.total_seconds()
        self._held_until = max(self._held_until, until)

    def _list_everybody(self, workspace_id: str, refusal: TooMany) -> None:
        """Once for each time that Slack asks for patience: whoever hears the same later waits for the same list."""
        if not self._is_held():
            self._listing = asyncio.ensure_future(self._list(workspace_id))
        self._hold(refusal)

    async def _once_listed(self, who: MemberKey) -> Profile:
        """A list that takes longer than a person can wait goes on, for those who press again."""
        if self._listing is not None:
            await asyncio.wait({self._listing}, timeout=ASKING_TIMEOUT)
        if who not in self._listed:
            raise NothingChanged
        return self._listed[who]

    async def _list(self, workspace_id: str) -> None:
        listed: dict[MemberKey, Profile] = {}
        self._listed = listed
        asyncio.get_running_loop().call_later(FRESH, listed.clear)
        try:
            async for page in self._gateway.everybody(workspace_id):
                listed |= {who: replace(profile, is_admin=False, name=None) for who, profile in page.items()}
        except NothingChanged as error:  # whom it has not come to is refused, as if there were no list
            if isinstance(error, TooMany):
                self._hold(error)
            log.warning("people.unlisted", exc_info=error)
        else:
            log.info("people.listed", extra={"count": len(listed)})
