"""Why a member got no tip this week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.core.calendar import slot_in_week, week_of
from bot.core.outbox import DeliveryState, Known, nudge_key
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
    AFTER_SLOT = "they said yes, changed their time or ended a pause after the time of this week"


class WorkspaceState(NamedTuple):
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
    past: Sequence[Known]
    now: datetime

    @property
    def cause(self) -> Cause:
        record, now, schedule = self.record, self.now, self.record.weekly.as_of(self.now)
        this_week = week_of(now, schedule.zone)
        key = nudge_key(record.member.key, this_week)
        nudge = next((past for past in self.past if past.delivery.key == key), None)
        state = nudge.state if nudge else None
        waits, is_missed = state in {DeliveryState.PLANNED, DeliveryState.SENDING}, state is DeliveryState.MISSED
        was_tried = nudge is not None and (  # Slack was asked to take the message
            (waits and nudge.delivery.attempts > 0)
            or (is_missed and nudge.delivery.reason not in {NOTHING_RAN, WINDOW_OVER})
        )
        due_at = nudge.try_at if nudge else schedule.next_due_at  # a worker should have planned or sent it by then
        is_late = (nudge is None or waits) and due_at is not None and due_at + LATE <= now
        comes_at, slot_at = schedule.comes_at, slot_in_week(now, schedule.slot, schedule.zone)
        causes = {
            Cause.NOT_MET: self.met_at is None,
            Cause.LEFT: self.left_at is not None,
            Cause.REFUSED: state is DeliveryState.REFUSED,  # after some refusals they have no schedule
            Cause.NO_YES: not record.gets_tips,
            Cause.CAME: state is DeliveryState.SENT,
            Cause.DISCONNECTED: self.workspace.disconnected is not None,
            Cause.PAUSED: schedule.paused_until is not None,
            Cause.IN_DOUBT: state is DeliveryState.UNCONFIRMED,
            Cause.CANCELLED: state is DeliveryState.CANCELLED,
            Cause.LIMITED: waits and self.workspace.is_limited,
            Cause.FAILING: was_tried,
            Cause.QUIET: waits and record.hours.decent(now) > now,
            Cause.NOT_RUN: is_late or is_missed,
            Cause.TO_COME: waits or (comes_at is not None and week_of(comes_at, schedule.zone) == this_week),
            Cause.RHYTHM: not schedule.rhythm.is_due(slot_at, schedule.zone),
            Cause.AFTER_SLOT: True,
        }
        return next(cause for cause, holds in causes.items() if holds)
