"""A project from its choice to its end, in every situation that makes its screens look different."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.coach.posts.tips import ChoosePost
from bot.coach.practice import TipSeen
from bot.coach.projects import Offer
from bot.core.catalog import Catalog
from bot.core.member import Schedule
from bot.core.next_step import Place, place_of
from bot.core.next_tip import Reason
from bot.core.practice import Answer, Blocker, Practised, Step, TeamProject, Use, WhyNot
from bot.core.record import Record
from bot.slack import project, show
from bot.slack.message import Block, Message, escape
from bot.slack.tip import card, lines, step
from bot.slack.tip.ref import Origin, TipRef
from tests.records import SAID_YES, record_of

AT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
SLUG, ONE, TWO, THREE = "cost-page", "cost-page-1", "cost-page-2", "cost-page-3"
KEY = "nudge:U1:2026-W48"
LINE = "0.02 & a half <last Tuesday>, https://example.org/a-page-with-a-long-name and more"


def about_projects(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    drawn = _Drawn(catalog)
    yield from drawn.steps()
    yield from drawn.after_a_click()
    yield from drawn.blocked()
    yield from drawn.again()
    yield from _about_the_choice(catalog)
    yield from _about_copies(catalog)


def ref_of(tip: str) -> TipRef:
    return TipRef(tip, Reason.ASKED, Origin.WEEKLY, "2026-W48")


class _Drawn:
    """Steps as a member sees them after what they said."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog, self.role = catalog, catalog.roles["devops-engineer"]

    def steps(self) -> Iterator[tuple[str, Message]]:
        have = Practised(ONE, Step.DONE, AT, line=LINE)
        begun = TipSeen(self.catalog.lessons[ONE], record_of(self.role, schedule=SAID_YES), AT)
        yield "project-started", project.begun(self.catalog, TipRef.asked(ONE), begun)
        over = replace(begun, parks=self.at(TWO).project.model_copy(update={"name": "Log <everything>"}))
        yield "project-started-over-another", project.begun(self.catalog, TipRef.asked(ONE), over)
        yield "project-first-step", self.new(ref_of(ONE))
        yield "project-later-step", self.new(ref_of(TWO), replace(have, line=None))
        yield "project-later-step-with-a-line", self.new(ref_of(TWO), have)
        yield "project-later-step-after-a-skip", self.new(ref_of(TWO), replace(have, step=Step.SKIPPED))
        yield "project-small-step", self.new(replace(ref_of(TWO), is_small=True), have)
        yield "project-step-that-may-be-skipped", self.new(replace(ref_of(THREE), origin=Origin.NOW, week=None))
        yield "project-extra-step", self.seen("cost-page-4", ONE, TWO, THREE)
        for name, lacks in (("", ()), ("-without-a-need", ("test-set",))):
            yield f"project-here-again{name}", step.here_again(self.catalog, self.at(TWO), ref_of(TWO), have, lacks)

    def after_a_click(self) -> Iterator[tuple[str, Message]]:
        yield "project-step-done", self.seen(ONE, ONE)
        yield "project-step-done-with-a-line", self.seen(ONE, ONE, line=LINE)
        yield "project-step-done-for-the-first-time", self.seen(ONE, ONE, schedule=None)
        yield "project-step-had", self.seen(ONE, ONE, said=Step.HAD, line=LINE)
        yield "project-step-skipped", self.seen(THREE, THREE, said=Step.SKIPPED)
        yield "project-step-taken-back", self.seen(ONE)
        yield "project-half-way", self.seen(TWO, ONE, TWO)
        team = TeamProject("0123456789abcdef", SLUG, "C1", AT)
        yield "project-half-way-of-a-team", self.seen(TWO, ONE, TWO, team=team)
        yield "project-end-of-a-team", self.seen(THREE, ONE, TWO, THREE, team=team, ended_at=AT)
        later = team._replace(posted_at=AT + timedelta(days=1))
        yield "project-end-of-a-team-from-then-on", self.seen(THREE, ONE, TWO, THREE, team=later, ended_at=AT)
        yield "project-stopped-half-way", self.seen(TWO, ONE, TWO, ended_at=AT)
        yield "project-end", self.seen(THREE, ONE, TWO, THREE, ended_at=AT)
        yield "project-end-with-a-line", self.seen(THREE, ONE, TWO, THREE, ended_at=AT, line=LINE)
        yield "project-left", self.seen(TWO, ONE, left_at=AT)
        yield "project-left-after-a-step", self.seen(ONE, ONE, left_at=AT)

    def blocked(self) -> Iterator[tuple[str, Message]]:
        logs, test_set = ("logs",), ("test-set",)
        yield "project-blocked-with-a-lab", self.seen(ONE, ONE, why=Blocker.LACKS, lacks=logs)
        yield "project-blocked-with-a-way-round", self.seen(TWO, TWO, why=Blocker.LACKS, lacks=test_set)
        yield "project-blocked-with-another-way", self.seen(THREE, THREE, why=Blocker.LACKS, lacks=test_set)
        yield "project-blocked-without-a-need", self.seen(ONE, ONE, why=Blocker.LACKS)
        for why in (Blocker.NO_TIME, Blocker.UNCLEAR, Blocker.OTHER):
            yield f"project-blocked-{why}", self.seen(ONE, ONE, why=why)
        yield "project-step-for-who-lacks-its-need", self.seen(THREE, lacks=test_set)

    def again(self) -> Iterator[tuple[str, Message]]:
        """Yield the weekly message that asks for a few minutes on what a project left, and its answers."""
        ref = replace(ref_of("guard-1"), still=THREE)
        yield "project-again", card.Card(self.catalog, self.catalog.lessons["guard-1"], ref).message()
        for answer, why in ((Answer.AGAIN, None), (Answer.NO, WhyNot.NO_TIME), (Answer.NO, WhyNot.NO_CASE)):
            uses = [Use(THREE, answer, AT, KEY, why)]
            seen = TipSeen(self.catalog.lessons["guard-1"], record_of(self.role, uses=uses), AT, KEY)
            yield f"project-again-{why or answer}", card.card_of(self.catalog, ref, seen).redrawn()

    def at(self, tip: str) -> Place:
        at = place_of(self.catalog, tip)
        assert at is not None
        return at

    def new(self, ref: TipRef, have: Practised | None = None) -> Message:
        return card.Card(self.catalog, self.catalog.lessons[ref.tip], ref, have=have).message()

    def seen(
        self,
        tip: str,
        *steps: str,
        said: Step = Step.DONE,
        why: Blocker | None = None,
        line: str | None = None,
        lacks: tuple[str, ...] = (),
        schedule: Schedule | None = SAID_YES,
        team: TeamProject | None = None,
        **changed: datetime,
    ) -> Message:
        """Return the message of a step after its member said the same of each of these `steps`."""
        words = [
            Practised(each, Step.BLOCKED if why else said, AT, why, line if each == tip else None) for each in steps
        ]
        record = record_of(self.role, steps=words, lacks=lacks, schedule=schedule)
        record = replace(record.with_project(SLUG, begun_at=AT, **changed), team_project=team)
        seen = TipSeen(self.catalog.lessons[tip], record, AT, new=not steps)
        return card.card_of(self.catalog, ref_of(tip), seen).redrawn()


def _about_the_choice(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    every, role = tuple(catalog.projects.values()), catalog.roles["devops-engineer"]
    here = ref_of(ONE)

    def offer(record: Record) -> Message:
        return project.offered(catalog, Offer(every, record), here)

    for name, post in (
        ("", ChoosePost(every, (), otherwise=every[0])),
        ("-for-who-lacks-a-need", ChoosePost(every, ("logs",))),
        ("-of-a-team", ChoosePost(every, (), of_team=every[0].slug)),
    ):
        yield f"project-choice{name}", project.weekly_choice(catalog, post, "2026-W48")
    yield "project-choice-in-a-step", offer(record_of(role).with_project(SLUG, begun_at=AT))
    yield "project-choice-at-an-end", offer(record_of(role).with_project(SLUG, begun_at=AT, ended_at=AT))
    noted = f"*{escape(catalog.projects[SLUG].name)}* fits your work."
    yield "project-choice-by-work", project.offered(catalog, Offer(every, record_of(role)), here, noted=noted)
    yield "project-job-form", project.job_form(catalog, here).view
    yield "project-choice-typed", project.offered(catalog, Offer(every, _singles(record_of(role))))
    yield "project-choice-of-none", project.offered(catalog, Offer((), record_of(role)))
    for wanted in (True, False):
        yield f"project-{'off' if wanted else 'on'}", project.singles(wanted, Offer(every, record_of(role)))


def _singles(record: Record) -> Record:
    return replace(record, member=replace(record.member, singles_only=True))


def _about_copies(catalog: Catalog) -> Iterator[tuple[str, Message | Block]]:
    yield "project-kit-of-the-first-step", project.kit(catalog, ref_of(ONE))
    yield "project-kit", project.kit(catalog, ref_of(TWO))
    yield "project-review", project.to_review(catalog, ref_of(TWO))
    yield "project-request", project.request_for(catalog, (ONE, "logs"))
    ends = TipSeen(catalog.lessons[THREE], record_of(), AT)
    yield "project-line-form", lines.line_form(catalog, ref_of(THREE), ends, ())
    yield "project-have-form", project.have_form(catalog, ref_of(ONE)).view
    yield "project-show", show.form(catalog.projects[SLUG], show.Draft(SLUG, evidence="wiki/<costs>"))
    team = TeamProject("0123456789abcdef", SLUG, "C1", AT)
    yield "project-show-to-a-team", show.form(catalog.projects[SLUG], show.Draft(SLUG), team)
