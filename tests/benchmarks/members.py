"""Members who get a weekly tip, and a clock that is moved to their slots."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.benchmarks import start
from tests.benchmarks.databases import Rows
from tests.benchmarks.minimal_slack import WORKSPACE

FIRST = datetime(2026, 11, 25, 10, tzinfo=UTC)  # a Wednesday
WEEK, MINUTE = timedelta(weeks=1), timedelta(minutes=1)
NEVER = FIRST + 100 * WEEK  # nobody is asked about again before then
ZONES = (  # it is between ten and five there at FIRST, and their clocks never change
    "Africa/Nairobi", "Asia/Kolkata", "Asia/Dubai", "Africa/Lagos", "Asia/Karachi", "Africa/Johannesburg",
    "Asia/Tashkent", "Asia/Dhaka",
)  # fmt: skip


def name(number: int) -> str:
    return f"U{number:07d}"


def gather(count: int, workspace: str = WORKSPACE, first: datetime = FIRST) -> Rows:
    """Return rows of members who are due at the same moment. They have all the roles, and learned 0 to 3 skills."""
    roles = list(start.catalog().roles.values())
    local = [first.astimezone(ZoneInfo(zone)) for zone in ZONES]
    slots = [(at.weekday(), at.hour * 60 + at.minute) for at in local]
    members, schedules, marks = [], [], []
    for number in range(count):
        key = {"workspace_id": workspace, "member_id": name(number)}
        role, (weekday, minute) = roles[number % len(roles)], slots[number % len(ZONES)]
        members.append({**key, "role": role.slug, "met_at": first, "profile_at": NEVER})
        schedules.append({
            **key, "consent": "yes", "weekday": weekday, "minute": minute, "zone": ZONES[number % len(ZONES)],
            "zone_is_own": False, "next_due_at": first, "dm_channel": f"D{number:07d}",
        })  # fmt: skip
        marks += [{**key, "skill": skill, "learned_at": first} for skill in role.skills[: number % 4]]
    workspaces = [{"workspace_id": workspace, "met_at": first}]
    return {"workspace": workspaces, "member": members, "skill_mark": marks, "schedule": schedules}


class Clock:
    """The file that ROLESHIFT_CLOCK names."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock"
        self.set(FIRST - 10 * MINUTE)

    def __str__(self) -> str:
        return str(self._path)

    def set(self, now: datetime) -> None:
        """Move the clock. Replace the file at once, as a process may read it at any moment."""
        new = self._path.with_suffix(".new")
        new.write_text(str(int((now - datetime.now(UTC)).total_seconds())))
        new.replace(self._path)

    def weeks(self) -> Iterator[datetime]:
        """Move the clock to half a minute after the slot of each week, one after the other."""
        now = FIRST + MINUTE / 2
        while True:
            self.set(now)
            yield now
            now += WEEK
