"""The admin's desk, its settings and the coach admins, in every situation that makes them look different."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.admins import Admins
from bot.coach.team import Announced, Desk, IntroductionWish, Report, Result
from bot.core.calendar import QuietHours
from bot.core.catalog import Catalog
from bot.core.challenges import Challenge, ChallengeState, Standing
from bot.core.member import Act, Acted, CoachAdmin, WorkspaceSettings
from bot.core.outbox import DeliveryState
from bot.core.questions import Unanswered
from bot.core.team import Ended, Population, Week, figures, shown_of, team
from bot.slack.message import Block, Message
from bot.slack.team import admins, announce, charts, desk, settings

MONDAY = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
BEFORE, NEXT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC), datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"

MANY = Population(
    members=34,
    weekly=21,
    roles={"devops-engineer": 17, "software-engineer": 3},
    skills={"token-costs": 13, "cost-spikes": 4},
    done={1: 9, 3: 5},
    blocked={6: 2},
    reasons={"lacks": 12, "no-time": 6, "other": 2},
    lacks={"logs": 9, "test-set": 17},
    asked={"token-costs": 14, "quality": 6},
    right={"token-costs": 8, "quality": 3},
)

DONE = (None, 5, 10, 10, None, 15, 25, 20, 30, 25, 35, 30)
WEEKS = tuple(Week(MONDAY - timedelta(weeks=11 - number), done) for number, done in enumerate(DONE))

EVERYBODY = Population(20, 20, {"devops-engineer": 20}, {"token-costs": 20}, {1: 20}, {})


def about_the_desk(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    """Yield the screens with any catalogue that has the slugs of the small one."""
    yield "team", desk.desk(_desk(_report(catalog, MANY)))
    trend = _desk(replace(_report(catalog, MANY, replace(MANY, skills={})), weeks=WEEKS))
    yield "team-with-charts", desk.desk(trend)
    yield "team-without-charts", desk.desk(trend).without_charts or desk.desk(trend)
    yield "team-exported", charts.exported(trend)
    yield "team-exported-too-few", charts.exported(_desk(None))
    yield "team-exported-of-six", charts.exported(_desk(_report(catalog, Population(6, 0, {}, {}, {}, {}))))
    yield "team-with-growth", desk.desk(_desk(_report(catalog, MANY, replace(MANY, skills={}))))
    yield "team-with-less-than-before", desk.desk(_desk(_report(catalog, replace(MANY, skills={}), MANY)))
    yield "team-of-six", desk.desk(_desk(_report(catalog, Population(6, 0, {}, {}, {}, {}))))
    yield "team-of-which-all-did-it", desk.desk(_desk(_report(catalog, EVERYBODY)))
    yield "team-too-few", desk.desk(_desk(None))
    yield "team-with-results-and-losses", desk.desk(_desk(None, results=results(catalog), undelivered=losses()))
    asked = (Unanswered("how do I sell <!channel> & <@U1>?", 3), Unanswered("w" * 200, 1))
    yield "team-with-open-questions", desk.desk(replace(_desk(None), unanswered=asked))
    yield "team-tried-again", desk.tried_again(10)
    yield "team-tried-again-few", desk.tried_again(None)
    yield "settings", settings.form(WorkspaceSettings())
    yield "settings-of-ones-own", settings.form(_own_settings())
    yield "settings-saved", settings.saved(WorkspaceSettings()).said
    yield "settings-saved-custom", settings.saved(_own_settings()).said


def about_introductions() -> Iterator[tuple[str, Message | Block]]:
    """The introduction of the coach: its form, what follows, the message, and why it is not there."""
    wish = IntroductionWish("C0PLATFORM", "0123456789abcdef")
    yield "announce-form", announce.form("0123456789abcdef", None)
    yield "announce-form-with-a-channel", announce.form("0123456789abcdef", "C0PLATFORM")
    yield "announce-done", announce.announced(Announced(wish))
    yield "announce-again", announce.announced(Announced(wish, datetime(2026, 11, 3, 9, tzinfo=UTC), "Europe/Berlin"))
    yield "announce-introduction", announce.INTRODUCTION
    for reason in ("not_in_channel", "is_archived", "unconfirmed", "restricted_action"):
        yield f"announce-not-posted-{reason}", announce.not_posted("C0PLATFORM", reason)


def about_admins() -> Iterator[tuple[str, Message]]:
    named = tuple(CoachAdmin(member_id, "U1", MONDAY) for member_id in ("U2", "U3"))
    added = Acted(Act.ADMIN_ADDED, MONDAY, "U1", "U2")
    gone = Acted(Act.ADMIN_REMOVED, MONDAY, None, None)
    yield "admins-none", admins.admin_list(Admins((), None), for_admins=False)
    yield "admins-none-for-admins", admins.admin_list(Admins((), None), for_admins=True)
    yield "admins", admins.admin_list(Admins(named, added), for_admins=False)
    yield "admins-for-admins", admins.admin_list(Admins(named, added), for_admins=True)
    yield "admins-after-a-change-by-the-forgotten", admins.changed(Admins(named, gone))


def _report(catalog: Catalog, population: Population, before: Population | None = None) -> Report:
    earlier = figures(catalog, before) if before else None
    return Report(team(catalog, figures(catalog, population), earlier), MONDAY, BEFORE if before else None)


def _desk(report: Report | None, results: tuple[Result, ...] = (), undelivered: tuple[Ended, ...] = ()) -> Desk:
    return Desk(report, NEXT, ZONE, results, undelivered)


def results(catalog: Catalog) -> tuple[Result, ...]:
    """Return a challenge that is open, whose organiser should choose quotes, and one that has ended."""
    skill = catalog.skills["token-costs"]
    running = Challenge(
        "T1", "0123456789abcdef", "U1", skill.name, skill.why, skill.why, "C1", NEXT, goal=15, state=ChallengeState.OPEN
    )
    other = replace(running, state=ChallengeState.CLOSED, goal=None, ends_at=BEFORE)
    return Result(running, Standing(22, 14), quotes_wanted=True), Result(other, Standing(3, 1))


def losses() -> tuple[Ended, ...]:
    """Return nudges that did not arrive."""
    return shown_of(
        [
            Ended(DeliveryState.MISSED, "window over", 12),
            Ended(DeliveryState.REFUSED, "messages_tab_disabled", 6),
            Ended(DeliveryState.REFUSED, "user_disabled", 3),
            Ended(DeliveryState.UNCONFIRMED, None, 5),
        ],
        30,
    )


def _own_settings() -> WorkspaceSettings:
    return WorkspaceSettings(
        quiet_hours=QuietHours(quiet_from=0, quiet_to=0),
        dm_budget=1,
        challenge_channel="C1",
        members_may_challenge=True,
    )
