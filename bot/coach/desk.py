"""The desk: what admins see of their workspace, by weekly figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach import admins
from bot.coach.act import Act
from bot.core import team as core_team
from bot.core.calendar import Slot, slot_in_week
from bot.core.member import AdminAct
from bot.core.team import Figures, WeekCounts
from bot.store import entries, figures, lines, workspaces

RECENT = timedelta(weeks=2)  # so long after its end, a week is recent
WEEK_BEGINS = Slot(weekday=0, minute=0)


@dataclass(frozen=True, slots=True)
class Desk:
    """What an admin sees: the weeks that have figures, the earliest first. `off`: an admin wants none."""

    weeks: tuple[WeekCounts, ...]
    zone: str | None
    reported: int = 0  # lines about tips that an admin has to look at
    suggested: int = 0  # challenges, by members
    off: bool = False
    is_late: bool = False  # no week since the last of them has figures

    @property
    def last(self) -> WeekCounts | None:
        return self.weeks[-1] if self.weeks else None


class Ending(NamedTuple):
    """A week of a workspace that is over and not counted yet."""

    workspace_id: str
    since: datetime
    until: datetime


def desk(tx: Connection, workspace_id: str, now: datetime) -> Desk:
    """Return the figures of a workspace, in four statements. A job takes them, once a week."""
    settings = workspaces.settings(tx, workspace_id)
    weeks = figures.weeks(tx, workspace_id, now - timedelta(weeks=12))
    reported = len(lines.reported(tx, workspace_id))
    suggested = entries.count_suggestions(tx, workspace_id)
    is_late = bool(weeks) and weeks[-1].ended_at < now - timedelta(days=8)  # the next one is over and counted
    return Desk(tuple(weeks), settings.zone, reported, suggested, off=not settings.figures, is_late=is_late)


def recent_week(tx: Connection, workspace_id: str, now: datetime) -> WeekCounts | None:
    weeks = figures.weeks(tx, workspace_id, now - RECENT)
    return weeks[-1] if weeks else None


def read_desk(act: Act, how: AdminAct) -> Desk:
    admins.note(act, how)
    return desk(act.tx, act.who.workspace_id, act.now)


def uncounted(tx: Connection, now: datetime) -> list[Ending]:
    """Return the local ISO week that ended last of each workspace where it is not counted, across all workspaces."""
    endings = []
    for workspace_id, zone, counted_until in figures.counted(tx):
        until = slot_in_week(now, WEEK_BEGINS, zone)
        since = slot_in_week(until - timedelta(days=1), WEEK_BEGINS, zone)
        if counted_until is None or counted_until <= since:
            endings.append(Ending(workspace_id, since, until))
    return endings


def count(tx: Connection, ending: Ending) -> dict[str, int]:
    return core_team.figures(figures.count(tx, ending.workspace_id, ending.since, ending.until))


def keep_figures(tx: Connection, ending: Ending, shown: Figures) -> bool:
    """Store the figures of a week, unless it is counted already. Return whether there are any."""
    if not figures.take(tx, ending.workspace_id, ending.since, ending.until) or not shown:
        return False
    figures.keep(tx, ending.workspace_id, ending.until, shown)
    return True
