"""Fill a PostgreSQL database with members of many workspaces, and ninety days of what they left behind.

The sizes of the workspaces are spread as those of companies are (log-normal): of 2,000 with a million members, half
have fewer than a hundred, and the largest has some fifty thousand.
"""

from dataclasses import dataclass
from math import exp
from statistics import NormalDist
from typing import Any

import asyncpg

from bot.core.catalog import Catalog
from tests.benchmarks.due import FIRST, TICK
from tests.benchmarks.scale import rows

SPREAD = 1.8  # of the logarithm of a workspace's size
SMALLEST = 3
WEEKS = 13  # of deliveries: those of the first are older than ninety days
TOGETHER, TICKS = 250, 24  # members who are due at each of so many minutes
PEAK_SHARE = 10  # one of so many members is due at PEAK
PEAK = FIRST + (TICKS + 1) * TICK
GONE_SHARE = 100  # one of so many workspaces has removed the app
WORKDAY = (  # it is between nine and sixteen there at FIRST, so that nobody waits for the morning
    "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Warsaw", "Africa/Nairobi", "Africa/Lagos", "Asia/Dubai",
    "Asia/Kolkata",
)  # fmt: skip
Connection = Any  # of asyncpg
LARGE = ("delivery", "tip_given", "practice", "skill_mark", "skill_history")  # their indexes are built at the end
INDEXES = """
SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', $1::text, conname),
  format('ALTER TABLE %I ADD CONSTRAINT %I %s', $1::text, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype = 'p'
UNION ALL SELECT format('DROP INDEX %I', indexname), indexdef FROM pg_indexes
WHERE tablename = $1::text AND indexname NOT LIKE 'pk_%'
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many members to fill in, and in how many workspaces."""

    members: int
    workspaces: int

    def sizes(self) -> list[int]:
        """Return the members of each workspace, the largest first."""
        spread = NormalDist(0, SPREAD)
        shares = [exp(spread.inv_cdf(1 - (place + 0.5) / self.workspaces)) for place in range(self.workspaces)]
        found = [max(round(share / sum(shares) * self.members), SMALLEST) for share in shares]
        found[0] += self.members - sum(found)
        return found


async def fill(address: str, size: Size, catalog: Catalog) -> None:
    """Fill a migrated, empty database. A million members take some minutes."""
    connection = await asyncpg.connect(address)
    async with connection.transaction():  # with `wal_level = minimal`, what it writes to new tables needs no log
        await connection.execute("SET LOCAL session_replication_role = replica")  # checks no foreign key
        await connection.execute("SET LOCAL maintenance_work_mem = '1GB'")
        await connection.execute("TRUNCATE " + ", ".join(rows.TABLES))
        indexes = [row for table in LARGE for row in await connection.fetch(INDEXES, table)]
        for drop, _ in indexes:
            await connection.execute(drop)
        await _fill(connection, size, catalog)
        for _, create in indexes:
            await connection.execute(create)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _fill(connection: Connection, size: Size, catalog: Catalog) -> None:
    peak = TICKS * TOGETHER, TICKS * TOGETHER + size.members // PEAK_SHARE
    shape = (size.sizes(), list(WORKDAY), list(catalog.roles), FIRST, GONE_SHARE, size.members, TOGETHER, *peak, PEAK)
    await connection.execute(rows.TEMPORARY)
    await connection.execute(rows.CROWD, *shape)
    path = [(role.slug, number, skill) for role in catalog.roles.values() for number, skill in enumerate(role.skills)]
    await connection.execute(rows.PATHS, *map(list, zip(*path, strict=True)))
    await connection.execute("ANALYZE crowd, path")
    for statement in rows.ONCE:
        await connection.execute(statement, FIRST)
    quizzes = [(name, quiz.skill.slug) for name, quiz in catalog.quizzes.items()]
    await connection.execute(rows.QUIZZES, FIRST, *map(list, zip(*quizzes, strict=True)))
    await connection.execute(rows.NEEDS, FIRST, list(catalog.needs))
    tips = [lesson.tip.id for lesson in catalog.lessons.values()]
    for ago in range(WEEKS, 0, -1):
        for statement in rows.EACH_WEEK:
            await connection.execute(statement, ago, tips)
    await connection.execute("DROP TABLE crowd, path")
