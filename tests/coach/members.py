"""Members, and helpers that call the coach's use cases for them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.coach import learning, membership
from bot.core.catalog import Catalog
from bot.core.learning import Progress
from bot.core.member import MemberKey, Profile
from bot.store import Store, members
from tests.acting import acting

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
        return await self.store.write(acting(learning.set_role, self.who, NOW, self.catalog), self.catalog.roles[role])

    async def learns(self, skill: str, at: datetime = NOW) -> learning.Marked:
        return await self.store.write(
            acting(learning.mark_learned, self.who, at, self.catalog), self.catalog.skills[skill]
        )

    async def unlearns(self, skill: str, at: datetime = NOW) -> learning.Marked:
        return await self.store.write(acting(learning.unmark, self.who, at, self.catalog), self.catalog.skills[skill])

    async def progress(self) -> Progress:
        return await self.store.read(acting(learning.progress, self.who, NOW, self.catalog))

    async def my_role(self) -> learning.MyRole:
        return await self.store.read(acting(learning.my_role, self.who, NOW, self.catalog))

    async def has_learned(self) -> dict[str, datetime]:
        """Return the slug and time of each learned skill, the latest first."""
        return {learned.skill.slug: learned.at for learned in (await self.progress()).learned}


Lives = Callable[[MemberKey], Life]
