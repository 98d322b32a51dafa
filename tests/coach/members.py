"""Members, and helpers that call the coach's use cases for them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.coach import learning, membership
from bot.core.catalog import Catalog
from bot.core.learning import Progress
from bot.core.member import MemberKey, Profile
from bot.store import Store, members

NOW = datetime(2026, 11, 24, 9, 30, 0, 123456, UTC)
DAY = timedelta(days=1)
BERLIN = Profile("Europe/Berlin", coachable=True)
GUEST = Profile("Europe/Berlin", coachable=False)

NORA = MemberKey("T1", "U1")
EMIL = MemberKey("T1", "U2")
NAMESAKE = MemberKey("T2", "U1")  # Nora's id in another workspace


class Life:
    """Call the coach's use cases for one member."""

    def __init__(self, store: Store, catalog: Catalog, who: MemberKey) -> None:
        self.store, self.catalog, self.who = store, catalog, who

    async def is_met(self) -> bool:
        return await self.store.read(members.is_met, self.who)

    async def meets(self, at: datetime = NOW) -> None:
        await self.store.write(membership.meet, self.who, BERLIN, at)

    async def takes(self, role: str) -> learning.MyRole:
        return await self.store.write(learning.set_role, self.catalog, self.who, self.catalog.roles[role], NOW)

    async def learns(self, skill: str, at: datetime = NOW) -> learning.Marked:
        return await self.store.write(learning.mark_learned, self.catalog, self.who, self.catalog.skills[skill], at)

    async def unlearns(self, skill: str, at: datetime = NOW) -> learning.Unmarked:
        return await self.store.write(learning.unmark, self.catalog, self.who, self.catalog.skills[skill], at)

    async def progress(self) -> Progress:
        return await self.store.read(learning.progress, self.catalog, self.who, NOW)

    async def my_role(self) -> learning.MyRole:
        return await self.store.read(learning.my_role, self.catalog, self.who, NOW)

    async def has_learned(self) -> dict[str, datetime]:
        """Return the slug and time of each learned skill, the latest first."""
        return {learned.skill.slug: learned.at for learned in (await self.progress()).learned}

    async def forgets_me(self) -> int:
        return (await self.store.write(membership.forget, self.who, NOW)).total()


Lives = Callable[[MemberKey], Life]
