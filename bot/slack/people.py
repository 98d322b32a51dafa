"""Who Slack says a person is: asked once, at the first thing that would be stored about them."""

from bot.clock import Clock
from bot.coach import membership
from bot.core.member import MemberKey
from bot.slack.gateway import Gateway
from bot.store import Store

KNOWN_MOST = 50_000  # keys held in memory, about 10 MB; the database knows the rest


class People:
    """Meets members; whoever is met already costs nothing more."""

    def __init__(self, store: Store, gateway: Gateway, clock: Clock) -> None:
        self._store, self._gateway, self._clock = store, gateway, clock
        self._known: set[MemberKey] = set()

    async def meet(self, who: MemberKey) -> None:
        """Makes sure that a member may be coached and is remembered; raises NotCoached for outsiders and guests."""
        if who in self._known:
            return
        if not await self._store.read(membership.is_met, who):
            profile = await self._gateway.profile(who)
            await self._store.write(membership.meet, who, profile, self._clock.now())
        if len(self._known) >= KNOWN_MOST:
            self._known.clear()
        self._known.add(who)

    def forget(self, who: MemberKey) -> None:
        """The next thing this person does meets them anew."""
        self._known.discard(who)
