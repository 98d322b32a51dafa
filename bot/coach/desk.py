"""The desk: what admins see of their team, by weekly figures; and the retry of nudges that did not arrive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach import admins, lines
from bot.coach.teams import Teams, listed
from bot.core import team as core
from bot.core.calendar import Slot, slot_in_week, slot_in_week_after, week_of
from bot.core.catalog import Catalog
from bot.core.member import Act, MemberKey
from bot.core.questions import Unanswered
from bot.core.team import MEMBERS, WHOLE, Ended, Report, Week, report, rounded, shown_of
from bot.outbox import deliveries
from bot.store import admins as admin_rows
from bot.store import figures, members, questions, workspaces

WEEKS_BACK = timedelta(weeks=11)  # with this week: twelve weeks are shown
MAX_UNANSWERED = 5
UNDELIVERED = timedelta(weeks=2)
WEEK_BEGINS = Slot(weekday=0, minute=0)


@dataclass(frozen=True, slots=True)
class Desk:
    """What an admin sees: the last figures, and who did a tip before each snapshot, the earliest first.

    No report if the bot has met fewer than five members; the next one comes at `next_at`. `off`: an admin wants none.
    """

    report: Report | None
    taken_at: datetime | None
    weeks: tuple[Week, ...]
    next_at: datetime
    zone: str | None
    reported: int = 0  # lines about tips that an admin has to look at
    off: bool = False


@dataclass(frozen=True, slots=True)
class ByTeam:
    """The teams, and the last figures of those that have some, by the team's id. The whole is under WHOLE."""

    teams: Teams
    reports: Mapping[str, Report]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Weekly tips that did not arrive, and questions that had no answer."""

    undelivered: tuple[Ended, ...]
    unanswered: tuple[Unanswered, ...]


def desk(tx: Connection, catalog: Catalog, workspace_id: str, now: datetime) -> Desk:
    """Return the last figures of a workspace, in four statements at most. A job takes them, once a week."""
    settings = workspaces.settings(tx, workspace_id)
    zone = settings.zone
    trend = figures.trend(tx, workspace_id, week_of(now - WEEKS_BACK, zone))
    week = max(trend, default=None)
    return Desk(
        report=report(catalog, figures.last_of(tx, workspace_id, WHOLE)) if week else None,
        taken_at=trend[week].taken_at if week else None,
        weeks=tuple(trend.values()),
        next_at=slot_in_week_after(now, WEEK_BEGINS, zone),
        zone=zone,
        reported=len(lines.reported(tx, workspace_id)),
        off=not settings.figures,
    )


def lacked(tx: Connection, catalog: Catalog, workspace_id: str) -> frozenset[str]:
    """Return the needs that half of a workspace lack, by its last figures."""
    return core.lacked(report(catalog, figures.last_of(tx, workspace_id, WHOLE)))


def by_team(tx: Connection, catalog: Catalog, workspace_id: str) -> ByTeam:
    reports = {group: report(catalog, shown) for group, shown in figures.last(tx, workspace_id).items()}
    return ByTeam(listed(tx, workspace_id), reports)


def read_desk(tx: Connection, catalog: Catalog, admin: MemberKey, act: Act, now: datetime) -> Desk:
    """Return the desk, and record in the audit that it was read or exported."""
    admins.note(tx, admin, act, now)
    return desk(tx, catalog, admin.workspace_id, now)


def gaps(tx: Connection, admin: MemberKey, now: datetime) -> Gaps:
    ended = deliveries.count_undelivered(tx, admin.workspace_id, now - UNDELIVERED)
    members_ = figures.last_of(tx, admin.workspace_id, WHOLE).get(MEMBERS, 0)
    return Gaps(shown_of(ended, members_), tuple(questions.most_asked(tx, admin.workspace_id, MAX_UNANSWERED)))


def without_figures(tx: Connection, now: datetime) -> list[tuple[str, str, datetime, datetime]]:
    """Return each workspace without a snapshot of its local ISO week, across all workspaces.

    With each: this week, and the beginning and the end of the week before, which is counted.
    """
    found = []
    for workspace_id, zone, last in figures.latest(tx):
        week = week_of(now, zone)
        if last is None or last < week:
            until = slot_in_week(now, WEEK_BEGINS, zone)
            since = slot_in_week(until - timedelta(days=1), WEEK_BEGINS, zone)
            found.append((workspace_id, week, since, until))
    return found


def count(tx: Connection, workspace_id: str, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """Return what may be shown of a workspace and its teams for a week, by group."""
    return core.figures(figures.groups(tx, workspace_id, since, until))


def keep_figures(
    tx: Connection, workspace_id: str, week: str, shown: Mapping[str, Mapping[str, int]], now: datetime
) -> bool:
    """Store the snapshot of a week. Return False if nothing may be shown."""
    is_wanted = bool(shown) and workspaces.settings(tx, workspace_id).figures
    if is_wanted:
        figures.keep(tx, workspace_id, week, shown, now)
    return is_wanted


def try_again(tx: Connection, admin: MemberKey, now: datetime) -> int | None:
    """Retry nudges that Slack refused or that were missed, if their week is still open and the member still opts in.

    Return their number, rounded. Leave out those that Slack did not confirm: they may have arrived. Raise NotMet.
    """
    members.lock_known(tx, admin)
    planned = deliveries.retry_weekly(tx, admin.workspace_id, now)
    admin_rows.record_act(tx, admin, Act.NUDGES_TRIED_AGAIN, now)
    return rounded(planned)
