"""P8: every IANA zone, weekday and some awkward times, for ten years: one moment a week, at the local hour."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

from bot.core.calendar import DEFAULT_QUIET_HOURS, Hours, Slot, slot_in_week, week_of, zone_of
from bot.core.rhythm import plan_nudge
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)  # a Monday
WEEKS = 522  # ten years
MINUTES = (30, 2 * 60 + 30, 9 * 60 + 30, 23 * 60 + 30)  # of the day; the first two fall into many clock changes
ZONES = tuple(sorted(available_timezones() - {"localtime", "Factory"}))
LONGEST_GAP = 120  # minutes that a clock change may skip; Lord Howe skips 30, Troll 120


async def run(case: Case, _databases: Databases, processes: Processes) -> Result:
    return await processes.prove(case, "tests.faults.local_time:check", ZONES[(case.seed - 1) % len(ZONES)])


def check(zone: str) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    broken: list[str] = []
    for slot in itertools.starmap(Slot, itertools.product(range(7), MINUTES)):
        broken += _walk(zone, slot, counts)
        broken += _outage(zone, slot, counts)
    counts["zones"] += 1
    return counts, broken


def _walk(zone: str, slot: Slot, counts: Counter[str]) -> list[str]:
    """Check that the planner's chain of weekly moments has the right local dates."""
    broken = []
    due_at = slot_in_week(START, slot, zone)
    expected = date(2026, 1, 5) + timedelta(days=slot.weekday)
    tz, offset = zone_of(zone), None
    for _ in range(WEEKS):
        local = due_at.astimezone(tz)
        late = (local.date() - expected).days * 1440 + local.hour * 60 + local.minute - slot.minute
        if late:
            counts["moved by a clock change"] += 1
            skipped = datetime.combine(expected, datetime.min.time(), tz) + timedelta(minutes=slot.minute)
            exists = skipped.astimezone(UTC).astimezone(tz).replace(tzinfo=None) == skipped.replace(tzinfo=None)
            if exists or not 0 < late <= LONGEST_GAP:
                broken.append(f"{zone} {slot}: {local} instead of {expected}")
        moved, offset = local.utcoffset() != offset, local.utcoffset()
        if (late or moved) and Hours(slot, DEFAULT_QUIET_HOURS, zone).decent(due_at) != due_at:
            broken.append(f"{zone} {slot}: the slot itself is put off at {local}")
        due_at = slot_in_week(due_at, slot, zone, weeks_later=1)
        expected += timedelta(days=7)
    counts["due times"] += WEEKS
    return broken


def _outage(zone: str, slot: Slot, counts: Counter[str]) -> list[str]:
    """Check that there is at most one nudge a week, at a decent hour, although the clock jumps back and forth."""
    broken, weeks = [], Counter[str]()
    due_at = slot_in_week(START, slot, zone)
    now = due_at
    for number in range(60):
        now += (timedelta(hours=-2), timedelta(hours=2), timedelta(days=8), timedelta(hours=31))[number % 4]
        if due_at > now:
            continue
        plan = plan_nudge(due_at, Hours(slot, DEFAULT_QUIET_HOURS, zone), now)
        due_at = plan.next_due_at
        for each in (plan.missed, plan.nudge):
            if each:
                weeks[each.week] += 1
        if plan.nudge:
            counts["catch-ups"] += 1
            broken += _indecent(plan.nudge.try_at, slot, zone)
            if plan.nudge.week != week_of(now, zone):
                broken.append(f"{zone} {slot}: caught up on {plan.nudge.week} at {now}")
    broken += [f"{zone} {slot}: {count} nudges for {week}" for week, count in weeks.items() if count > 1]
    return broken


def _indecent(at: datetime, slot: Slot, zone: str) -> list[str]:
    """Return what is wrong with a moment: at night or on a weekend, and not in the hour or on the day of the slot."""
    local = at.astimezone(zone_of(zone))
    minute = local.hour * 60 + local.minute
    own_hour = 0 <= (at - slot_in_week(at, slot, zone)).total_seconds() < 3600 or 0 <= minute - slot.minute < 60
    by_day = DEFAULT_QUIET_HOURS.quiet_to <= minute < DEFAULT_QUIET_HOURS.quiet_from
    right_day = local.weekday() < 5 or local.weekday() == slot.weekday
    return [] if (by_day or own_hour) and right_day else [f"{zone} {slot}: at night, {local}"]
