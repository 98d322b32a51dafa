"""Members, and helpers that call the coach's use cases for them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.coach import learning, membership
from bot.coach.act import Act
from bot.core.catalog import Catalog
from bot.core.member import MemberKey, Profile
from bot.store import Store, members
from bot.store.types import T, Ts
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

    async def does(self, use_case: Callable[[Act, *Ts], T], at: datetime, *args: *Ts) -> T:
        return await self.store.write(acting(use_case, self.who, at, self.catalog), *args)

    async def is_met(self) -> bool:
        return await self.store.read(members.is_met, self.who)

    async def meets(self, at: datetime = NOW) -> None:
        await self.store.write(membership.meet, self.who, BERLIN, at)

    async def takes(self, role: str) -> learning.MyRole:
        return await self.does(learning.set_role, NOW, self.catalog.roles[role])

    async def learns(self, skill: str, at: datetime = NOW) -> learning.Marked:
        return await self.does(learning.mark, at, self.catalog.skills[skill])

    async def role(self) -> str | None:
        """Return the role on whose path they are."""
        path = (await self.does(learning.my_role, NOW)).path
        return path.role.slug if path else None

    async def has_learned(self) -> dict[str, datetime]:
        """Return the slug and time of each learned skill, the latest first."""
        return {skill.slug: at for skill, at in (await self.does(learning.progress, NOW)).learned}
