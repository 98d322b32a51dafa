"""The admin's desk, its settings, the coach admins and the audit, in every situation that makes them look different."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.admins import AuditPage, IntroductionWish
from bot.coach.desk import Desk
from bot.coach.posts.leads import LeadPost
from bot.coach.teams import Teams
from bot.core.calendar import QuietHours
from bot.core.catalog import Catalog
from bot.core.content_types import LeadText
from bot.core.member import Acted, AdminAct, MemberKey, WorkspaceSettings
from bot.core.team import BLOCKED_BY, DID, LACKS, RIGHT, WRONG, Counts, Lead, Team, WeekCounts, figures
from bot.slack.message import Block, Message
from bot.slack.team import admins, announce, desk, settings, teams
from bot.slack.tip import lines
from tests.coach.challenge import DRAFT
from tests.slack.screens.tips import LINES

MONDAY = datetime(2026, 11, 22, 23, tzinfo=UTC)  # in Berlin
ZONE = "Europe/Berlin"

MANY = Counts(
    34,
    24,
    {
        DID: 12, BLOCKED_BY + "no-time": 6, LACKS + "logs": 9, LACKS + "test-set": 17, RIGHT + "token-costs": 13,
        WRONG + "token-costs": 8, RIGHT + "cost-spikes": 4, WRONG + "quality": 6,
    },
)  # fmt: skip
BY_WEEK = (None, 5, 10, 10, None, 15, 25, 20, 30, 25, 35)
WEEKS = tuple(
    WeekCounts(MONDAY - timedelta(weeks=11 - number), {DID: did} if did else {}) for number, did in enumerate(BY_WEEK)
)
HINT = "Texts to review: 3. `python -m bot content check` and `content stale` say more."
ACTED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
NONE = Desk((), ZONE)
OLDER = "0123456789abcdef01234567"


def about_the_desk(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    """Yield the screens with any catalogue that has the slugs of the small one."""
    many = desk_of(MANY)
    yield "team", desk.desk(catalog, many, HINT)
    yield "team-without-charts", desk.desk(catalog, many, HINT).without_charts or desk.desk(catalog, many)
    yield "team-too-few", desk.desk(catalog, NONE)
    yield "team-late", desk.desk(catalog, Desk((WeekCounts(MONDAY, {DID: 10}),), ZONE, is_late=True))
    late = Desk((WeekCounts(MONDAY - timedelta(weeks=3), {DID: 10}), WeekCounts(MONDAY, {DID: 5})), ZONE)
    yield "team-without-two-weeks", desk.desk(catalog, late).without_charts or desk.desk(catalog, late)
    no_time = WeekCounts(MONDAY, {BLOCKED_BY + "no-time": 10, LACKS + "logs": 5})
    yield "team-no-time", desk.desk(catalog, Desk((no_time,), ZONE))
    unclear = WeekCounts(MONDAY, {BLOCKED_BY + "unclear": 10})
    yield "team-unclear", desk.desk(catalog, Desk((unclear,), ZONE))
    yield "team-nothing-blocks", desk.desk(catalog, Desk((WeekCounts(MONDAY, {RIGHT + "quality": 5}),), ZONE))
    yield "team-by-skill", desk.by_skill(catalog, many)
    yield "team-by-skill-too-few", desk.by_skill(catalog, NONE)
    yield "team-with-a-reported-line", desk.desk(catalog, replace(NONE, reported=1, suggested=1))
    yield "reported", lines.line_list(catalog, LINES)
    yield "reported-none", lines.line_list(catalog, ())
    yield "team-off", desk.desk(catalog, replace(NONE, off=True))
    yield from _teams(catalog)
    yield "settings", settings.form(WorkspaceSettings())
    quiet = QuietHours(quiet_from=0, quiet_to=0)
    chosen = WorkspaceSettings(
        quiet_hours=quiet, dm_budget=1, challenge_channel="C1", members_may_challenge=True, figures=False
    )
    yield "settings-of-ones-own", settings.form(chosen)


def _teams(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    every = tuple(Team("T1", f"{number:016x}", f"S{number}", f"ml-<platform> {number}", "C1") for number in range(8))
    nora, broken = MemberKey("T1", "U2"), replace(every[1], trouble="no_such_subteam")
    leads = {each.team_id: Lead(nora, each, yes) for each, yes in zip(every[:2], (True, None), strict=True)}
    blocking = WeekCounts(MONDAY, {DID: 10, LACKS + "test-set": 10}).blocking(catalog)
    found = Teams((every[0], broken, *every[2:]), leads, added=every[0])
    yield "team-teams", teams.team_list(found, page=0)
    yield "team-teams-last", teams.team_list(found, page=1)
    yield "team-teams-none", teams.team_list(Teams((), {}), page=0)
    yield "team-added", teams.added(found, 12, {})
    yield "team-added-with-people-of-others", teams.added(found, 9, {"ml-<platform> 1": 4, "apps": 1})
    yield "team-remove", teams.shall_i_remove(every[0], leads[every[0].team_id])
    yield "team-remove-without-a-lead", teams.shall_i_remove(every[2], None)
    yield "team-form", teams.form({"S1": "ml-platform"}, "C0PLATFORM")
    yield "team-of-a-lead", teams.own(leads[every[0].team_id], blocking, None)
    running = replace(DRAFT, title="One <log> page", template="x", team_id=every[0].team_id)
    yield "team-of-a-lead-with-a-project", teams.own(leads[every[0].team_id], blocking, running)
    yield "team-of-a-lead-too-few", teams.own(leads[every[1].team_id], (), None)
    yield "lead-on", teams.decided(leads[every[0].team_id]._replace(next_at=MONDAY))
    yield "lead-off", teams.decided(leads[every[1].team_id])
    yield "lead-named", teams.named(every[0])
    yield "lead-preview", teams.preview(leads[every[1].team_id])
    text = LeadText(slug="x", origin="extension", do="x " * 25, ask="y " * 10)
    shown = tuple(f"U{number}" for number in range(5))
    yield "lead-message", teams.lead_message(LeadPost(every[0], text, blocking, shown, running))
    yield "lead-message-too-few", teams.lead_message(LeadPost(every[0], text, (), ended=running))


def about_introductions() -> Iterator[tuple[str, Message | Block]]:
    """The introduction of the coach: its form, what follows, the message, and why it is not there."""
    empty = IntroductionWish("0123456789abcdef")
    full = empty._replace(channel="C0PLATFORM", why="We pay for <AI> & more.")
    yield "announce-form", announce.form(empty)
    yield "announce-form-again", announce.form(full)
    yield "announce-preview", announce.preview(full, None)
    yield "announce-preview-again", announce.preview(full, datetime(2026, 11, 3, 9, tzinfo=UTC))
    yield "announce-introduction", announce.introduction("")
    yield "announce-introduction-with-a-line", announce.introduction(full.why)
    for reason in ("not_in_channel", "is_archived", "unconfirmed", "restricted_action"):
        yield f"announce-not-posted-{reason}", announce.not_posted("C0PLATFORM", reason)


def about_admins() -> Iterator[tuple[str, Message]]:
    yield "admins-none", admins.admin_list((), for_admins=False)
    yield "admins-none-but-those-of-slack", admins.admin_list((), ("U1", "U2"), for_admins=False)
    yield "admins", admins.admin_list(("U2", "U3"), for_admins=False)
    yield "admins-for-admins", admins.admin_list(("U2", "U3"), for_admins=True)
    yield "first-day", admins.welcome_admin()
    yield "first-day-ended", admins.FIRST_DAY_ENDED


def desk_of(counts: Counts) -> Desk:
    return Desk((*WEEKS, WeekCounts(MONDAY, figures(counts))), ZONE)


def about_the_audit() -> Iterator[tuple[str, Message]]:
    acts = tuple(
        Acted(act, ACTED - timedelta(hours=number), "U1" if number % 3 else None, "U2", "<!channel> & co")
        for number, act in enumerate(AdminAct)
    )
    yield "audit-nothing", admins.act_list(AuditPage((), None), days=400, is_first=True)
    for first in range(0, len(acts), admins.ACTS):
        page, older = acts[first : first + admins.ACTS], OLDER if first + admins.ACTS < len(acts) else None
        titles = {"<!channel> & co": "One <log> & more"} if older else {}
        name = f"audit-{first}" if first else "audit"
        yield name, admins.act_list(AuditPage(page, older, titles), days=400, is_first=not first)
