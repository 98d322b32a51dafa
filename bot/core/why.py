"""Why a member got no tip this week."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.calendar import slot_in_week, week_of
from bot.core.outbox import Delivery, DeliveryState, nudge_key
from bot.core.record import Record

LATE = timedelta(minutes=15)  # after which a worker would have planned or sent what is due
NOTHING_RAN, WINDOW_OVER = "nothing ran that week", "window over"  # reasons of deliveries that nobody tried to send


class Cause(StrEnum):
    """What an operator reads. RUNNING.md says what to do about each."""

    NOT_MET = "the bot does not know them"
    LEFT = "they left, or are a guest"
    NO_YES = "they did not say yes to weekly tips"
    CAME = "the tip of this week was sent"
    DISCONNECTED = "the workspace is disconnected"
    PAUSED = "they paused their tips"
    REFUSED = "Slack refused the message"
    IN_DOUBT = "Slack did not confirm the message"
    FAILING = "Slack took the message at no try"
    CANCELLED = "the tip of this week was cancelled"
    LIMITED = "Slack's rate limit pauses the workspace"
    QUIET = "it is night or a weekend for them"
    NOT_RUN = "no worker did what was due"
    TO_COME = "it comes later this week"
    RHYTHM = "their tips come less often than each week"
    AFTER_SLOT = "they said yes, or changed their time, after the time of this week"


@dataclass(frozen=True, slots=True)
class Past:
    """A delivery to a member, and what became of it."""

    delivery: Delivery
    state: DeliveryState
    try_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkspaceState:
    """Why a workspace is disconnected, None if it is not; and whether Slack's rate limit pauses it."""

    disconnected: str | None = None
    is_limited: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about a member's tip of this week. `past`: what they were to get in the last weeks."""

    record: Record
    met_at: datetime | None
    left_at: datetime | None
    workspace: WorkspaceState
    past: Sequence[Past]
    now: datetime

    @property
    def nudge(self) -> Past | None:
        schedule = self.record.weekly
        key = nudge_key(self.record.member.key, week_of(self.now, schedule.zone))
        return next((each for each in self.past if each.delivery.key == key), None)

    @property
    def cause(self) -> Cause:
        return next(cause for cause, holds in RULES if holds(self))

    def ended_as(self, *states: DeliveryState) -> bool:
        return self.nudge is not None and self.nudge.state in states

    @property
    def waits(self) -> bool:
        return self.ended_as(DeliveryState.PLANNED, DeliveryState.SENDING)

    @property
    def is_paused(self) -> bool:
        until = self.record.weekly.paused_until
        return until is not None and self.now < until

    @property
    def was_tried(self) -> bool:
        """Return whether Slack was asked to take the message, and took it at no try."""
        if self.nudge is None:
            return False
        is_missed = self.nudge.state is DeliveryState.MISSED
        return (self.waits and self.nudge.delivery.attempts > 0) or (
            is_missed and self.nudge.delivery.reason not in {NOTHING_RAN, WINDOW_OVER}
        )

    @property
    def is_late(self) -> bool:
        """Return whether a worker should have planned or sent the tip by now."""
        due_at = self.nudge.try_at if self.nudge else self.record.weekly.next_due_at
        is_open = self.nudge is None or self.waits
        return is_open and due_at is not None and due_at + LATE <= self.now

    @property
    def comes_this_week(self) -> bool:
        schedule = self.record.weekly
        comes_at = schedule.comes_at
        return comes_at is not None and week_of(comes_at, schedule.zone) == week_of(self.now, schedule.zone)

    @property
    def is_week_without(self) -> bool:
        schedule = self.record.weekly
        slot_at = slot_in_week(self.now, schedule.slot, schedule.zone)
        return not schedule.rhythm.is_due(slot_at, schedule.zone)


RULES: Sequence[tuple[Cause, Callable[[Case], bool]]] = (  # the first that holds is the cause
    (Cause.NOT_MET, lambda case: case.met_at is None),
    (Cause.LEFT, lambda case: case.left_at is not None),
    (Cause.REFUSED, lambda case: case.ended_as(DeliveryState.REFUSED)),  # after some refusals they have no schedule
    (Cause.NO_YES, lambda case: not case.record.gets_tips),
    (Cause.CAME, lambda case: case.ended_as(DeliveryState.SENT)),
    (Cause.DISCONNECTED, lambda case: case.workspace.disconnected is not None),
    (Cause.PAUSED, lambda case: case.is_paused),
    (Cause.IN_DOUBT, lambda case: case.ended_as(DeliveryState.UNCONFIRMED)),
    (Cause.CANCELLED, lambda case: case.ended_as(DeliveryState.CANCELLED)),
    (Cause.LIMITED, lambda case: case.waits and case.workspace.is_limited),
    (Cause.FAILING, lambda case: case.was_tried),
    (Cause.QUIET, lambda case: case.waits and case.record.hours.decent(case.now) > case.now),
    (Cause.NOT_RUN, lambda case: case.is_late or case.ended_as(DeliveryState.MISSED)),
    (Cause.TO_COME, lambda case: case.waits or case.comes_this_week),
    (Cause.RHYTHM, lambda case: case.is_week_without),
    (Cause.AFTER_SLOT, lambda _: True),
)
