"""Weekly tips: opt-in and opt-out, day, time and zone, pauses, the budget of messages, and planning what is due."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach.act import Act
from bot.core.calendar import Hours, Slot, next_slot, same_week, slot_in_week, week_of
from bot.core.member import Consent, MemberKey, Schedule
from bot.core.outbox import Copy, DeliveryState, Kind, NewDelivery, key_of, nudge_key
from bot.core.rhythm import PAUSE, Wish, plan_nudge
from bot.core.why import NOTHING_RAN, Case
from bot.outbox import deliveries
from bot.store import facts, members, record as record_rows, schedules, workspaces
from bot.store.schedules import DueMember

MAX_PLANNED = 500  # members per transaction; a larger transaction would block others


class Tips(NamedTuple):
    """A member's schedule. `on_the_way`: a tip was already being sent when they opted out or paused."""

    schedule: Schedule
    on_the_way: bool = False

    @property
    def on(self) -> bool:
        return self.schedule.consent is Consent.YES


def state(act: Act) -> Tips:
    return Tips(act.read().weekly.heard().as_of(act.now))


def decline(act: Act) -> Tips:
    """Opt out (*Not now*, or `tips off`): cancel everything that is not being sent yet."""
    schedule = replace(schedule_to_change(act), consent=Consent.NO, next_due_at=None, paused_until=None)
    return _stop(act, schedule, "tips off")


def _stop(act: Act, schedule: Schedule, why: str) -> Tips:
    schedules.save(act.tx, act.who, schedule)  # first, so that a concurrent planner waits for it
    facts.end_plans(act.tx, act.who, act.now)
    # The answer to what the member wrote still comes.
    return Tips(schedule, deliveries.cancel_all(act.tx, act.who, why, act.now, deliveries.NEED_CONSENT))


def accept(act: Act, slot: Slot | None, zone: str | None, *, welcomes: bool = True) -> Tips:
    """Opt in, which plans a welcome if it `welcomes` and ends a pause; or change day, time or zone, which keeps it."""
    old = schedule_to_change(act).as_of(act.now)
    schedule = replace(
        old, consent=Consent.YES, slot=slot or old.slot, zone=zone or old.zone,
        zone_is_own=old.zone_is_own or zone is not None, paused_until=old.paused_until if slot or zone else None,
    )  # fmt: skip
    if schedule == old:
        return Tips(old)  # nothing changes: a tip that is already due stays due
    schedule = _with_next(act.tx, act.who, schedule, act.now)
    schedules.save(act.tx, act.who, schedule, act.now if old.consent is not Consent.YES else None)
    if welcomes and old.consent is not Consent.YES:
        assert schedule.next_due_at is not None  # noqa: S101 - a member who said yes has a next slot
        copy = Copy(*act.who, key_of(Kind.WELCOME, act.who.member_id, act.now))
        until = schedule.next_due_at  # it never comes later than the first tip
        deliveries.put(act.tx, NewDelivery([copy], Kind.WELCOME, due_at=act.now, until=until))
    return Tips(schedule)


def set_zone(act: Act, zone: str) -> Tips:
    """Set a zone by hand. This is no opt-in."""
    old = schedule_to_change(act)
    if old.consent is Consent.YES:
        return accept(act, None, zone)
    asked = Consent.ASKED if old.consent is Consent.UNASKED else old.consent
    return Tips(schedules.save(act.tx, act.who, replace(old, consent=asked, zone=zone, zone_is_own=True)))


def pause(act: Act, until: datetime) -> Tips:
    """Pause the tips: nothing comes before the first slot after `until`."""
    old = schedule_to_change(act)
    if old.consent is not Consent.YES:
        return Tips(old)
    return _stop(act, _with_next(act.tx, act.who, replace(old, paused_until=until), act.now), "paused")


def choose_rhythm(act: Act, wish: Wish) -> Tips:
    """Let tips come as the member wants them from now on, those that they ask for, too. Raise NotMet."""
    if wish is Wish.PAUSE:
        return pause(act, act.now + PAUSE)
    old = schedule_to_change(act)
    asked = Consent.ASKED if old.consent is Consent.UNASKED else old.consent
    new = replace(old, consent=asked, rhythm=old.rhythm.as_wished(wish))
    return Tips(schedules.save(act.tx, act.who, new))


def resume(act: Act) -> Tips:
    """End a pause: the next tip comes at the next slot. Weeks of the pause are not made up for."""
    old = schedule_to_change(act).as_of(act.now)
    if old.consent is not Consent.YES or old.paused_until is None:
        return Tips(old)
    new = _with_next(act.tx, act.who, replace(old, paused_until=None), act.now)
    return Tips(schedules.save(act.tx, act.who, new))


def follow_zone(tx: Connection, who: MemberKey, zone: str | None, now: datetime) -> None:
    """Move a slot to the zone that Slack reports, unless it is the member's own. The next tip stays in its week."""
    old = schedules.lock(tx, who)
    if old is None or old.zone_is_own or zone is None or zone == old.zone:
        return
    moved = replace(old, zone=zone)
    if old.next_due_at is not None:
        due_at = same_week(old.next_due_at, old.slot, old.zone, zone)
        early = old.paused_until is not None and due_at < old.paused_until
        moved = _with_next(tx, who, moved, now) if early else replace(moved, next_due_at=due_at)
    schedules.save(tx, who, moved)


def leave(tx: Connection, who: MemberKey, why: str, now: datetime) -> None:
    """Delete the schedule of a member who left or can't be reached. They are asked again if they come back."""
    schedules.stop(tx, who)
    facts.end_plans(tx, who, now)
    deliveries.cancel_all(tx, who, why, now)


def plan_due(
    tx: Connection,
    now: datetime,
    limit: int = MAX_PLANNED,
    but_not: Collection[str] = (),
    after: DueMember | None = None,
) -> Sequence[DueMember]:
    """Plan the nudges of at most `limit` members whose slot has come, across all workspaces, and return these members.

    `but_not`: workspaces whose members wait. `after`: the last member of the batch before.
    """
    due = schedules.claim_due(tx, now, limit, but_not, after)
    if not due:
        return []
    sharing: dict[tuple[datetime, Hours], list[DueMember]] = {}
    for each in due:
        sharing.setdefault((each.due_at, each.hours), []).append(each)
    nudges, nexts = [], []
    for (due_at, hours), theirs in sharing.items():
        plan = plan_nudge(due_at, hours, now)
        nexts.append((plan.next_due_at, [member.key for member in theirs]))
        for nudge, state in ((plan.missed, DeliveryState.MISSED), (plan.nudge, DeliveryState.PLANNED)):
            # The tips of some members come less often than every week.
            get = [member for member in theirs if nudge and member.rhythm.is_due(nudge.due_at, hours.zone)]
            if nudge and get:
                copies = [Copy(*member.key, nudge_key(member.key, nudge.week), member.dm_channel) for member in get]
                reason = NOTHING_RAN if state is DeliveryState.MISSED else None
                new = NewDelivery(
                    copies, Kind.NUDGE, due_at=nudge.due_at, until=nudge.window_ends_at, try_at=nudge.try_at,
                    week=nudge.week, state=state, reason=reason,
                )  # fmt: skip
                nudges.append(new)
    schedules.advance(tx, nexts)
    deliveries.put(tx, *nudges)
    return due


def _with_next(tx: Connection, who: MemberKey, schedule: Schedule, now: datetime) -> Schedule:
    """Set `next_due_at` to the first slot from now on, or after a pause, in a week that has no nudge yet."""
    pause_end = (schedule.paused_until or now) - timedelta(microseconds=1)  # a slot at the very end of a pause counts
    due_at = next_slot(max(now, pause_end), schedule.slot, schedule.zone)
    if deliveries.find(tx, who.workspace_id, nudge_key(who, week_of(due_at, schedule.zone))):
        due_at = slot_in_week(due_at, schedule.slot, schedule.zone, weeks_later=1)
    return replace(schedule, next_due_at=due_at)


def schedule_to_change(act: Act) -> Schedule:
    """Lock the member and their schedule, and return it, to change it. Raise NotMet."""
    act.lock()
    schedules.lock(act.tx, act.who)
    return act.read().weekly


def why(tx: Connection, who: MemberKey, now: datetime) -> Case:
    """Return why a member got no tip this week. It writes nothing, and reads nothing that a person wrote."""
    met_at, left_at = members.met_and_left(tx, who)
    past = deliveries.since(tx, who, now - timedelta(weeks=6))
    workspace = workspaces.connection(tx, who.workspace_id)
    return Case(record_rows.read(tx, who), met_at, left_at, workspace, past, now)
