"""Members whose slots come: a few in the same minute in many zones, among many others who are not due."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from bot.core.calendar import WEEK, zone_of
from bot.core.catalog import Catalog
from bot.run.clock import Clock
from bot.store.practice_tables import skill_mark
from bot.store.tables import member, schedule, workspace

WORKSPACE = "T0"  # as the emulator calls its first
FIRST = datetime(2026, 11, 25, 10, tzinfo=UTC)  # a Wednesday; no zone below changes its clock before spring
TICK = timedelta(minutes=1)
ZONES = (
    "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo",
    "Africa/Nairobi", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Warsaw", "America/Chicago",
    "America/Denver", "America/Los_Angeles", "America/Toronto", "America/Bogota", "Asia/Singapore", "Asia/Manila",
    "Asia/Dubai", "Asia/Shanghai",
)  # fmt: skip
STEADY = (  # their clocks never change, so a slot comes at the same hour in UTC for years
    "Asia/Kolkata", "Asia/Tokyo", "America/Sao_Paulo", "Africa/Nairobi", "America/Bogota", "Asia/Singapore",
    "Asia/Manila", "Asia/Dubai", "Asia/Shanghai",
)  # fmt: skip

# $1 members, $2 of whom become due, $3 at each tick; the others wait, and all had a tip in the week before.
FILL = """
WITH place AS (
  INSERT INTO workspace (workspace_id, met_at) VALUES ('T0', $4)
), known AS (
  SELECT i, 'U' || lpad(i::text, 8, '0') AS member_id, ($5::text[])[1 + i % cardinality($5::text[])] AS zone,
    $4::timestamptz + CASE WHEN i % ($1 / $2) = 0 AND i / ($1 / $2) < $2
      THEN (i / ($1 / $2) % ($2 / $3)) * interval '1 minute'
      ELSE interval '1 day' + (i % 5000) * interval '1 minute' END AS due
  FROM generate_series(0, $1::int - 1) AS i
), people AS (
  INSERT INTO member (workspace_id, member_id, met_at, zone) SELECT 'T0', member_id, $4, zone FROM known
), had AS (
  INSERT INTO delivery (workspace_id, key, id, kind, member_id, channel, week, state, due_at, try_at, window_ends_at,
    attempts)
  SELECT 'T0', 'nudge:' || member_id || ':2026-W47', md5(member_id), 'nudge', member_id, 'D' || member_id,
    '2026-W47', 'sent', due - interval '1 week', due - interval '1 week', due - interval '5 days', 0
  FROM known
)
INSERT INTO schedule (workspace_id, member_id, consent, weekday, minute, zone, zone_is_own, next_due_at, dm_channel)
SELECT 'T0', member_id, 'yes', extract(isodow FROM due AT TIME ZONE zone) - 1,
  extract(hour FROM due AT TIME ZONE zone) * 60 + extract(minute FROM due AT TIME ZONE zone), zone, false, due,
  'D' || member_id
FROM known
"""


def rows(members: int, ticks: int, together: int) -> tuple[object, ...]:
    """Return the parameters of FILL for this many ticks with this many members due at each."""
    return (members, ticks * together, together, FIRST, list(ZONES))


class Weeks(Clock):
    """A clock that stands still, half a minute after the slot of everybody's week, until it is told of the next."""

    def __init__(self) -> None:
        self._now = FIRST + TICK / 2

    def now(self) -> datetime:
        """Return the time in UTC."""
        return self._now

    def next(self) -> None:
        """Move a week ahead."""
        self._now += WEEK


def gather(tx: Connection, catalog: Catalog, count: int, workspace_id: str = WORKSPACE) -> None:
    """Store members whose slot comes every week at FIRST's hour. They have all the roles, and learned 0 to 3 skills."""
    tx.execute(insert(workspace), {"workspace_id": workspace_id, "met_at": FIRST})
    roles = list(catalog.roles.values())
    seen = FIRST + 100 * WEEK  # so that nobody is asked about
    ids = [f"U{number:07d}" for number in range(count)]
    who = [{"workspace_id": workspace_id, "member_id": member_id} for member_id in ids]
    role_of = [roles[number % len(roles)] for number in range(count)]
    people = [{**key, "role": role.slug, "met_at": FIRST} for key, role in zip(who, role_of, strict=True)]
    tx.execute(insert(member), [{**each, "profile_at": seen} for each in people])
    learned = [
        {**key, "skill": skill, "learned_at": FIRST}
        for number, (key, role) in enumerate(zip(who, role_of, strict=True))
        for skill in role.skills[: number % 4]
    ]
    if learned:  # the first of them has learned nothing
        tx.execute(insert(skill_mark), learned)
    rows = []
    for number, key in enumerate(who):
        zone = STEADY[number % len(STEADY)]
        local = FIRST.astimezone(zone_of(zone))
        rows.append({
            **key, "consent": "yes", "weekday": local.weekday(), "minute": local.hour * 60 + local.minute,
            "zone": zone, "zone_is_own": False, "next_due_at": FIRST,
            "dm_channel": f"D{number:07d}",
        })  # fmt: skip
    tx.execute(insert(schedule), rows)
