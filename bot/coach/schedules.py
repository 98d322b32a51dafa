"""Weekly tips: asking for consent, choosing day, time and zone, pausing, and planning what is due."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection

from bot.core.calendar import Slot, next_slot, same_week, slot_in_week_after, week_of
from bot.core.member import Consent, MemberKey, Schedule, WorkspaceSettings
from bot.core.nudges import Nudge, plan_nudge
from bot.core.outbox import DeliveryState, Kind, NewDelivery, nudge_key, welcome_key
from bot.store import members, outbox, schedules, workspaces
from bot.store.schedules import Come

MAX_PLANNED = 500  # members a transaction; larger ones hold the others up


@dataclass(frozen=True, slots=True)
class Tips:
    """Where a member stands with weekly tips. `on_the_way`: one had left before they were stopped."""

    schedule: Schedule
    on_the_way: bool = False

    @property
    def on(self) -> bool:
        """Whether tips come at all."""
        return self.schedule.consent is Consent.YES


def state(tx: Connection, who: MemberKey) -> Tips:
    """How things stand."""
    return Tips(schedule_of(tx, who))


def decline(tx: Connection, who: MemberKey, now: datetime) -> Tips:
    """*Not now*, or `tips off`: nothing comes any more, and what has not left yet is cancelled."""
    schedule = replace(schedule_to_change(tx, who), consent=Consent.NO, next_due_at=None, paused_until=None)
    schedules.save(tx, who, schedule)  # first, so that whoever plans at this moment waits for it
    return Tips(schedule, on_the_way=outbox.cancel_all(tx, who, "tips off", now))


def accept(tx: Connection, who: MemberKey, slot: Slot | None, zone: str | None, now: datetime) -> Tips:
    """Yes, or another day, time or zone: tips come from the next slot on, and the first yes is welcomed.

    Another time leaves a pause as it is; a mere yes ends it.
    """
    old = schedule_to_change(tx, who).as_of(now)
    schedule = replace(
        old,
        consent=Consent.YES,
        slot=slot or old.slot,
        zone=zone or old.zone,
        zone_is_own=old.zone_is_own or zone is not None,
        paused_until=old.paused_until if slot or zone else None,
    )
    if schedule == old:
        return Tips(old)  # said twice; what is due already stays due
    schedule = _with_next(tx, who, schedule, now)
    schedules.save(tx, who, schedule, now if old.consent is not Consent.YES else None)
    if old.consent is not Consent.YES:
        _welcome(tx, who, schedule, now)
    return Tips(schedule)


def set_zone(tx: Connection, who: MemberKey, zone: str, now: datetime) -> Tips:
    """Another zone, set by hand; no yes to tips where there was none."""
    old = schedule_to_change(tx, who)
    if old.consent is Consent.YES:
        return accept(tx, who, None, zone, now)
    asked = Consent.ASKED if old.consent is Consent.UNASKED else old.consent
    schedule = replace(old, consent=asked, zone=zone, zone_is_own=True)
    schedules.save(tx, who, schedule)
    return Tips(schedule)


def pause(tx: Connection, who: MemberKey, until: datetime, now: datetime) -> Tips:
    """Nothing comes before `until`; the first slot after it is the next."""
    old = schedule_to_change(tx, who)
    if old.consent is not Consent.YES:
        return Tips(old)
    schedule = _with_next(tx, who, replace(old, paused_until=until), now)
    schedules.save(tx, who, schedule)
    return Tips(schedule, on_the_way=outbox.cancel_all(tx, who, "paused", now))


def resume(tx: Connection, who: MemberKey, now: datetime) -> Tips:
    """The end of a pause: one tip at the next slot, none for the weeks between."""
    old = schedule_to_change(tx, who).as_of(now)
    if old.consent is not Consent.YES or old.paused_until is None:
        return Tips(old)
    schedule = _with_next(tx, who, replace(old, paused_until=None), now)
    schedules.save(tx, who, schedule)
    return Tips(schedule)


def follow_zone(tx: Connection, who: MemberKey, zone: str | None, now: datetime) -> None:
    """Slack says that a member lives in another zone: their slot moves with them, unless they set the zone by hand.

    It keeps its week, so that whoever flies east does not lose one.
    """
    old = schedules.find(tx, who)
    if old is None or old.zone_is_own or zone is None or zone == old.zone:
        return
    moved = replace(old, zone=zone)
    if old.next_due_at is not None:
        due_at = same_week(old.next_due_at, old.slot, old.zone, zone)
        early = old.paused_until is not None and due_at < old.paused_until
        moved = _with_next(tx, who, moved, now) if early else replace(moved, next_due_at=due_at)
    schedules.save(tx, who, moved)


def leave(tx: Connection, who: MemberKey, why: str, now: datetime) -> None:
    """A member is gone, or can't be reached: the schedule is forgotten, so that whoever comes back is asked again."""
    schedules.stop(tx, who)
    outbox.cancel_all(tx, who, why, now)


def plan_due(tx: Connection, now: datetime, most: int = MAX_PLANNED) -> int:
    """Plans the nudges of members whose slot has come, `most` of them in three statements; how many it looked at."""
    come = schedules.come(tx, now, most)
    if not come:
        return 0
    plan_of = cache(plan_nudge)  # whoever is due at once mostly shares slot and zone with many
    rows, nexts = [], []
    for one in come:
        plan = plan_of(one.due_at, one.slot, one.quiet_hours, one.zone, now)
        nexts.append((one.key, plan.next_due_at))
        if plan.missed:
            rows.append(_nudge(one, plan.missed, DeliveryState.MISSED))
        if plan.nudge:
            rows.append(_nudge(one, plan.nudge, DeliveryState.PLANNED))
    schedules.advance(tx, nexts)
    outbox.put(tx, rows)
    return len(come)


def _with_next(tx: Connection, who: MemberKey, schedule: Schedule, now: datetime) -> Schedule:
    """With the first slot from now on, or from the end of a pause, in a week that had no nudge yet."""
    after = max(now, (schedule.paused_until or now) - timedelta(microseconds=1))  # a slot at the pause's end is past it
    due_at = next_slot(after, schedule.slot, schedule.zone)
    if outbox.find(tx, who.workspace_id, nudge_key(who, week_of(due_at, schedule.zone))):
        due_at = slot_in_week_after(due_at, schedule.slot, schedule.zone)
    return replace(schedule, next_due_at=due_at)


def _nudge(one: Come, nudge: Nudge, state: DeliveryState) -> NewDelivery:
    return NewDelivery(
        workspace_id=one.key.workspace_id,
        key=nudge_key(one.key, nudge.week),
        kind=Kind.NUDGE,
        member_id=one.key.member_id,
        channel=one.dm_channel,
        week=nudge.week,
        due_at=nudge.due_at,
        try_at=nudge.try_at,
        until=nudge.window_ends_at,
        state=state,
        reason="nothing ran that week" if state is DeliveryState.MISSED else None,
    )


def _welcome(tx: Connection, who: MemberKey, schedule: Schedule, now: datetime) -> None:
    """Plan the welcome at once. It never comes later than the first tip."""
    assert schedule.next_due_at is not None  # noqa: S101 - a member who said yes has a next slot
    welcome = NewDelivery(
        workspace_id=who.workspace_id,
        key=welcome_key(who, now),
        kind=Kind.WELCOME,
        member_id=who.member_id,
        due_at=now,
        until=schedule.next_due_at,
    )
    outbox.put(tx, [welcome])


def schedule_of(tx: Connection, who: MemberKey) -> Schedule:
    """A member's schedule, or what theirs would be if they said yes."""
    return _schedule(tx, members.with_marks(tx, who))


def schedule_to_change(tx: Connection, who: MemberKey) -> Schedule:
    """The same, before it is changed. Raises NotMet."""
    return _schedule(tx, members.held(tx, who))


def _schedule(tx: Connection, known: members.MemberMarks) -> Schedule:
    found = known.schedule
    if found is not None and found.consent is not Consent.ASKED:
        return found
    settings: WorkspaceSettings = workspaces.settings(tx, known.member.key.workspace_id)
    if found is not None and found.zone_is_own:
        return replace(found, slot=settings.slot)
    zone = known.member.zone or settings.zone
    return Schedule(found.consent if found else Consent.UNASKED, settings.slot, zone)
