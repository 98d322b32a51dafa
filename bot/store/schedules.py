"""Schedules: who opted in to weekly tips, and when the next tip of each is due."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, null, select, tuple_, update

from bot.core.calendar import Hours, Slot
from bot.core.member import Consent, MemberKey, Schedule
from bot.core.rhythm import AS_USUAL, Rhythm
from bot.store.member_schema import member, schedule
from bot.store.schema import workspace
from bot.store.types import UtcDateTime, rows_of, same_member, this_member, upsert
from bot.store.workspaces import quiet_hours_of

_s, _w = schedule.c, workspace.c
_PLACE = (schedule.c.next_due_at, schedule.c.workspace_id, schedule.c.member_id)  # in the order of the index
# A condition without an index makes SQLite begin with the schedules that are due; else it begins with the connected
# workspaces and reads all of their schedules. PostgreSQL drops `coalesce`, and reads each workspace once.
_IS_CONNECTED = func.coalesce(workspace.c.disconnected_at, null()).is_(None)
_COMING = (
    select(schedule, _w.weekend, _w.quiet_from, _w.quiet_to)
    .select_from(schedule.join(workspace, _w.workspace_id == _s.workspace_id))
    .where(_s.next_due_at <= bindparam("until"), _IS_CONNECTED)
    .order_by(*_PLACE)
)
_CLAIMED = (  # locks the member too, as a delivery for them follows; skips members who are being forgotten
    _COMING.join(member, same_member(member, schedule))
    .where(tuple_(*_PLACE) > tuple_(bindparam("after", type_=UtcDateTime), bindparam("after_w"), bindparam("after_m")))
    .where(schedule.c.workspace_id.not_in(bindparam("but_not", expanding=True)))
    .limit(bindparam("most"))
    .with_for_update(of=(schedule, member), key_share=True, skip_locked=True)
)


_BEGINNING = datetime.min.replace(tzinfo=UTC), MemberKey("", "")


class DueMember(NamedTuple):
    """A member whose slot has come. All who share it and their hours get the same plan."""

    key: MemberKey
    due_at: datetime
    hours: Hours
    dm_channel: str | None
    rhythm: Rhythm = AS_USUAL


def lock(tx: Connection, who: MemberKey) -> Schedule | None:
    """Lock and return a member's schedule, to change it: an opt-out comes before or after. Lock the member first."""
    row = tx.execute(select(schedule).where(*rows_of(schedule, who)).with_for_update()).first()
    return None if row is None else schedule_of(row)


def schedule_of(row: Any) -> Schedule:  # noqa: ANN401 - a row of the table
    kept = {name: getattr(row, name) for name in ("zone", "zone_is_own", "paused_until", "next_due_at", "dm_channel")}
    rhythm = Rhythm(row.every, row.short, row.unanswered, row.nudged_at, row.is_back)
    return Schedule(Consent(row.consent), Slot(row.weekday, row.minute), rhythm=rhythm, **kept)


def save(tx: Connection, who: MemberKey, new: Schedule, consented_at: datetime | None = None) -> Schedule:
    """Store and return a new or changed schedule. `consented_at`: that of a new opt-in; None keeps the stored one."""
    alike = {name: getattr(new, name) for name in ("consent", "zone", "zone_is_own", "paused_until", "next_due_at")}
    chosen = {**asdict(new.slot), **alike, "every": new.rhythm.every, "short": new.rhythm.short}
    changes = chosen if consented_at is None else {**chosen, "consented_at": consented_at}
    tx.execute(upsert(schedule, {**who._asdict(), **chosen, "consented_at": consented_at}, changes))
    return new


def stop(tx: Connection, who: MemberKey) -> None:
    """Delete a member's schedule. If they come back, they are asked again."""
    tx.execute(delete(schedule).where(*rows_of(schedule, who)))


def claim_due(
    tx: Connection, now: datetime, most: int, but_not: Collection[str], after: DueMember | None
) -> Sequence[DueMember]:
    """Lock and return members whose slot has come, across all workspaces. Other workers skip them meanwhile.

    `but_not`: workspaces whose members wait for a later call. `after`: those up to it are not looked at again.
    """
    due_at, who = (after.due_at, after.key) if after else _BEGINNING
    place = {"after": due_at, "after_w": who.workspace_id, "after_m": who.member_id}
    values: dict[str, object] = {"until": now, "most": most, "but_not": but_not, **place}
    return [_due_member(row) for row in tx.execute(_CLAIMED, values)]


def due_by(tx: Connection, until: datetime) -> Sequence[DueMember]:
    """Return all members whose next slot comes by `until`, across all workspaces."""
    return [_due_member(row) for row in tx.execute(_COMING, {"until": until})]


def advance(tx: Connection, nexts: Iterable[tuple[datetime, Sequence[MemberKey]]]) -> None:
    rows = [{"w": who.workspace_id, "m": who.member_id, "then": then} for then, members in nexts for who in members]
    tx.execute(update(schedule).where(*this_member(schedule)).values(next_due_at=bindparam("then")), rows)


def count_unanswered(tx: Connection, sent: Mapping[MemberKey, datetime]) -> None:
    """Count a tip that was sent to each of these members, until they press something; with when it was due."""
    if sent:
        rows = [{"w": who.workspace_id, "m": who.member_id, "due_at": due_at} for who, due_at in sorted(sent.items())]
        theirs = update(schedule).where(*this_member(schedule))
        tx.execute(theirs.values(unanswered=_s.unanswered + 1, is_back=False, nudged_at=bindparam("due_at")), rows)


def set_dm(tx: Connection, who: MemberKey, channel: str | None) -> None:
    tx.execute(update(schedule).where(*rows_of(schedule, who)).values(dm_channel=channel))


def _due_member(row: Any) -> DueMember:  # noqa: ANN401 - a row of `_COMING`
    its = schedule_of(row)
    hours = Hours(its.slot, quiet_hours_of(row.weekend, row.quiet_from, row.quiet_to), its.zone)
    return DueMember(MemberKey(row.workspace_id, row.member_id), row.next_due_at, hours, its.dm_channel, its.rhythm)
