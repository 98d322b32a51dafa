"""What admins do for their team: the desk, from weekly snapshots, the retry of nudges, settings, introductions."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach import admins
from bot.coach.entries import quotes_wanted
from bot.core.calendar import Slot, slot_in_week_after, week_of
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, ChallengeState, Standing
from bot.core.member import Act, MemberKey, WorkspaceSettings
from bot.core.outbox import Kind, NewDelivery, introduction_key
from bot.core.questions import Unanswered
from bot.core.team import Ended, Population, Team, Week, figures, rounded, shown_of, team, tips_done
from bot.outbox import deliveries
from bot.store import admins as admin_rows
from bot.store import challenges, members, questions, workspaces
from bot.store import team as rows

GROWTH = timedelta(weeks=4)  # growth is measured over this time
TREND = timedelta(weeks=11)  # with this week: tips done are shown for twelve weeks
RESULTS = timedelta(weeks=8)  # after its end, a challenge's result is shown for this long
MAX_RESULTS = 5
MAX_UNANSWERED = 5
UNDELIVERED = timedelta(weeks=2)
WEEK_BEGINS = Slot(weekday=0, minute=0)


AGAIN_AFTER = timedelta(days=30)
ANNOUNCED_WITHIN = timedelta(hours=1)  # after which the channel is not surprised any more
CHOSEN = {  # what an admin can choose: its name in the audit → its field
    "usual slot": "slot",
    "quiet hours": "quiet_hours",
    "weekly budget": "dm_budget",
    "challenge channel": "challenge_channel",
    "who starts challenges": "members_may_challenge",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown about the team for a whole week. `since`: `team.gained` counts from here.

    `weeks`: the tips done before each of the last twelve weeks that have figures, the earliest first.
    """

    team: Team
    taken_at: datetime
    since: datetime | None
    weeks: tuple[Week, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a challenge, so far or at its end."""

    challenge: Challenge
    standing: Standing
    quotes_wanted: bool = False  # the admin started it and should choose its quotes today


@dataclass(frozen=True, slots=True)
class Desk:
    """What an admin sees. No report if the bot has met fewer than five members; the next one comes at `next_at`."""

    report: Report | None
    next_at: datetime
    zone: str | None
    results: tuple[Result, ...]
    undelivered: tuple[Ended, ...]
    unanswered: tuple[Unanswered, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamInShort:
    """The last figures of a team, for the Home of its admins; none if it has no figures yet."""

    team: Team | None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IntroductionWish:
    """An admin's wish to introduce the coach. `form_id` is the id of the form: a form that is sent twice posts once.

    `again`: the admin knows that the channel had an introduction lately.
    """

    channel: str
    form_id: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Announced:
    """What came of a wish. `before`: when the channel last had an introduction, so that nothing was planned now."""

    wish: IntroductionWish
    before: datetime | None = None
    zone: str | None = None


def in_short(tx: Connection, catalog: Catalog, workspace_id: str, now: datetime) -> TeamInShort:
    """Return the team's last figures. Take none: that is for the desk, and for a job once a week."""
    snapshots = rows.snapshots(tx, workspace_id, week_of(now - GROWTH, None))
    if not snapshots:
        return TeamInShort(None)
    last = list(snapshots.values())[-1]
    return TeamInShort(team(catalog, last.figures, None), last.taken_at)


def read_desk(tx: Connection, catalog: Catalog, admin: MemberKey, act: Act, now: datetime) -> Desk:
    """Return the desk, and record in the audit that this admin read or exported it."""
    admins.note(tx, admin, act, now)
    return desk(tx, catalog, admin, now)


def desk(tx: Connection, catalog: Catalog, admin: MemberKey, now: datetime) -> Desk:
    """Return the desk as this admin sees it. Take the snapshot of this local ISO week if there is none yet."""
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
        unanswered=questions.most_asked(tx, workspace_id, MAX_UNANSWERED),
    )


def without_figures(tx: Connection, now: datetime) -> list[tuple[str, str]]:
    """Return each workspace without a snapshot of its local ISO week, and this week; across all workspaces."""
    weeks = [(latest, week_of(now, latest.zone)) for latest in rows.latest(tx)]
    return [(latest.workspace_id, week) for latest, week in weeks if latest.week is None or latest.week < week]


def take_figures(tx: Connection, catalog: Catalog, workspace_id: str, week: str, now: datetime) -> bool:
    """Take the snapshot of a workspace. Return False if there is nothing that may be shown."""
    return keep_figures(tx, catalog, workspace_id, week, rows.population(tx, workspace_id, now), now)


def keep_figures(
    tx: Connection, catalog: Catalog, workspace_id: str, week: str, population: Population, now: datetime
) -> bool:
    """Store what may be shown of these counts as the snapshot of a week. Return False if nothing may be shown."""
    shown = figures(catalog, population)
    if shown:
        rows.keep(tx, workspace_id, week, shown, now)
    return bool(shown)


def try_again(tx: Connection, admin: MemberKey, now: datetime) -> int | None:
    """Retry nudges that Slack refused or that were missed, if their week is still open and the member still opts in.

    Return their number, rounded. Leave out those that Slack did not confirm: they may have arrived. Raise NotMet.
    """
    members.lock_known(tx, admin)
    planned = rows.plan_again(tx, admin.workspace_id, now)
    admin_rows.record_act(tx, admin, Act.NUDGES_TRIED_AGAIN, now)
    return rounded(planned)


def settle(tx: Connection, admin: MemberKey, chosen: WorkspaceSettings, now: datetime) -> WorkspaceSettings:
    """Store an admin's choice, but keep zone and weekend. Record each change in the audit. Raise NotMet."""
    members.lock_known(tx, admin)
    old = workspaces.settings(tx, admin.workspace_id)
    quiet_hours = replace(chosen.quiet_hours, weekend=old.quiet_hours.weekend)
    new = replace(chosen, quiet_hours=quiet_hours, zone=old.zone)
    workspaces.settle(tx, admin.workspace_id, new, now)
    for name, field in CHOSEN.items():
        if getattr(new, field) != getattr(old, field):
            admin_rows.record_act(tx, admin, Act.SETTINGS_CHANGED, now, subject=name)
    return new


def announce(tx: Connection, admin: MemberKey, wish: IntroductionWish, now: datetime) -> Announced:
    """Plan an introduction, and record it in the audit. Plan nothing if the channel had one lately. Raise NotMet."""
    zone = members.lock_known(tx, admin).member.zone
    workspaces.lock(tx, admin.workspace_id)  # two admins may want the same channel at once
    key = introduction_key(wish.channel, wish.form_id)
    if deliveries.state_of(tx, admin.workspace_id, key) is not None:
        return Announced(wish)
    before = deliveries.latest(tx, admin.workspace_id, Kind.INTRODUCTION, wish.channel, now - AGAIN_AFTER)
    if before is not None and not wish.again:
        return Announced(wish, before, zone)
    plan = NewDelivery(
        workspace_id=admin.workspace_id,
        key=key,
        kind=Kind.INTRODUCTION,
        channel=wish.channel,
        due_at=now,
        until=now + ANNOUNCED_WITHIN,
    )
    deliveries.put(tx, [plan])
    admin_rows.record_act(tx, admin, Act.INTRODUCED, now, subject=key)
    return Announced(wish)


def _report(tx: Connection, catalog: Catalog, workspace_id: str, zone: str | None, now: datetime) -> Report | None:
    week, since = week_of(now, zone), week_of(now - GROWTH, zone)
    snapshots = rows.snapshots(tx, workspace_id, since)
    if week not in snapshots:
        if not take_figures(tx, catalog, workspace_id, week, now):
            return None
        snapshots = rows.snapshots(tx, workspace_id, since)  # another process may have taken this week's before us
    this, first = snapshots[week], next(iter(snapshots.values()))
    before = first if first is not this else None
    shown = team(catalog, this.figures, before.figures if before else None)
    trend = rows.trend(tx, workspace_id, week_of(now - TREND, zone)).values()
    weeks = tuple(Week(each.taken_at, tips_done(each.figures)) for each in trend)
    return Report(shown, this.taken_at, before.taken_at if before else None, weeks)


def _results(tx: Connection, admin: MemberKey, now: datetime) -> tuple[Result, ...]:
    """Return the latest results of challenges that this admin may know about: private ones only if they take part."""
    seen = challenges.seen_by(tx, admin, now - RESULTS)
    begun = [each for each in seen if each.challenge.state in {ChallengeState.OPEN, ChallengeState.CLOSED}]
    latest = sorted(begun, key=lambda each: each.challenge.ends_at, reverse=True)[:MAX_RESULTS]
    wanted = quotes_wanted(tx, admin, [each.challenge for each in latest], now)
    return tuple(Result(each.challenge, each.standing, each.challenge.challenge_id in wanted) for each in latest)
