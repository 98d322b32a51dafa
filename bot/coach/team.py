"""The admin's desk: what may be told about a team, from figures that are taken once a week, and nudges tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach import quotes
from bot.core.admin import Act
from bot.core.calendar import Slot, slot_in_week_after, week_of
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, ChallengeState, Standing
from bot.core.member import MemberKey
from bot.core.team import Ended, Team, figures, rounded, shown_of, team
from bot.store import audit, challenges, members, workspaces
from bot.store import team as rows

GROWTH = timedelta(weeks=4)  # over which the growth is told
RESULTS = timedelta(weeks=8)  # after its end for which a challenge's result is shown
RESULTS_MOST = 5
UNDELIVERED = timedelta(weeks=2)
WEEK_BEGINS = Slot(weekday=0, minute=0)


@dataclass(frozen=True, slots=True)
class Report:
    """What is told about the team all week long; `since` is when `team.gained` began to be counted."""

    team: Team
    taken_at: datetime
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Result:
    """How a challenge stands, or stood at its end."""

    challenge: Challenge
    standing: Standing
    quotes_wanted: bool = False  # the admin started it and should choose its quotes today


@dataclass(frozen=True, slots=True)
class Desk:
    """What an admin sees; no report while fewer than five members are met, the next one at `next_at`."""

    report: Report | None
    next_at: datetime
    zone: str | None
    results: tuple[Result, ...]
    undelivered: tuple[Ended, ...]


def desk(tx: Connection, catalog: Catalog, admin: MemberKey, now: datetime) -> Desk:
    """Return the desk as this admin sees it; a look in a local ISO week without figures yet takes them."""
    workspace_id = admin.workspace_id
    zone = workspaces.settings(tx, workspace_id).zone
    report = _report(tx, catalog, workspace_id, zone, now)
    ended = rows.ended(tx, workspace_id, now - UNDELIVERED)
    return Desk(
        report=report,
        next_at=slot_in_week_after(now, WEEK_BEGINS, zone),
        zone=zone,
        results=_results(tx, admin, now),
        undelivered=shown_of(ended, report.team.top if report else 0),
    )


def take_figures(tx: Connection, catalog: Catalog, now: datetime) -> int:
    """Takes the local ISO week's figures wherever they are not taken yet; in how many. Across all workspaces."""
    weeks = [(one, week_of(now, one.zone)) for one in rows.latest(tx)]
    due = [(one.workspace_id, week) for one, week in weeks if one.week is None or one.week < week]
    return sum(_take(tx, catalog, workspace_id, week, now) for workspace_id, week in due)


def try_again(tx: Connection, admin: MemberKey, now: datetime) -> int | None:
    """Plans anew what Slack refused or what was missed, where its week is still open and the member still says yes.

    How many may come, as it may be told. What was never confirmed may have arrived, and is left alone. Raises NotMet.
    """
    members.held(tx, admin)
    may_come = rows.plan_again(tx, admin.workspace_id, now)
    audit.record(tx, admin, Act.NUDGES_TRIED_AGAIN, now)
    return rounded(may_come)


def _report(tx: Connection, catalog: Catalog, workspace_id: str, zone: str | None, now: datetime) -> Report | None:
    week, since = week_of(now, zone), week_of(now - GROWTH, zone)
    kept = rows.snapshots(tx, workspace_id, since)
    if week not in kept:
        if not _take(tx, catalog, workspace_id, week, now):
            return None
        kept = rows.snapshots(tx, workspace_id, since)  # whose figures these are is only known now
    this, first = kept[week], next(iter(kept.values()))
    before = first if first is not this else None
    told = team(catalog, this.figures, before.figures if before else None)
    return Report(told, this.taken_at, before.taken_at if before else None)


def _take(tx: Connection, catalog: Catalog, workspace_id: str, week: str, now: datetime) -> bool:
    """False where there is nothing that may be shown."""
    found = figures(catalog, rows.population(tx, workspace_id))
    if found:
        rows.keep(tx, workspace_id, week, found, now)
    return bool(found)


def _results(tx: Connection, admin: MemberKey, now: datetime) -> tuple[Result, ...]:
    """Return results of challenges that this admin may know of: a private one only if they take part in it."""
    seen = challenges.seen_by(tx, admin, now - RESULTS)
    begun = [one for one in seen if one.challenge.state in {ChallengeState.OPEN, ChallengeState.CLOSED}]
    latest = sorted(begun, key=lambda one: one.challenge.ends_at, reverse=True)[:RESULTS_MOST]
    wanted = quotes.wanted(tx, admin, [each.challenge for each in latest], now)
    return tuple(Result(each.challenge, each.standing, each.challenge.challenge_id in wanted) for each in latest)
