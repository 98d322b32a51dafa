"""The Home tab, from the first visit to the fullest member's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.coach.home import Home, WeekTip
from bot.coach.plans import Item
from bot.coach.practice import TipSeen
from bot.core.catalog import Catalog
from bot.core.challenges import MAX_LINE, Entry
from bot.core.content_types import Lesson, Quiz, Role
from bot.core.learning import path_of, role_lines
from bot.core.member import Consent, FirstDay, MemberKey
from bot.core.next_step import Place
from bot.core.next_tip import Reason
from bot.core.practice import MAX_CUE, Asked, Checked, Plan, Practised, Step
from bot.core.rhythm import ASKS_AFTER
from bot.core.team import Team
from bot.slack import home, message
from bot.store.challenges import Seen
from tests.records import record_of
from tests.slack.screens.challenges import of_template
from tests.slack.screens.desk import MANY, NONE, desk_of
from tests.slack.screens.small_catalog import SMALL
from tests.slack.screens.tips import AT, DUE, ZONE, schedule_off, schedule_on

WEEK, KEY = "2026-W48", "nudge:U1:2026-W48"
WHO = MemberKey("T1", "U1")
ON, OFF, UNASKED = schedule_on(), schedule_off(), schedule_off(Consent.UNASKED)
SLOW = replace(ON, rhythm=replace(ON.rhythm, unanswered=ASKS_AFTER + 1))


def about_home(catalog: Catalog) -> Iterator[tuple[str, message.Block]]:
    """Yield the Home in every situation, with any catalogue that has the slugs of the small one."""
    role = next(iter(catalog.roles.values()))
    quiet = a_home(catalog, role)
    visit = replace(quiet, path=None, is_new=True, schedule=UNASKED, lesson=None)
    yield "home-first-visit", view(visit)
    yield "home-first-visit-with-an-offer", view(visit, role)
    yield "home-of-a-project-without-a-role", view(replace(quiet, path=None))
    yield "home-with-a-new-role", view(replace(quiet, schedule=UNASKED, is_new=True))
    yield "home-weekly-tips-off", view(replace(quiet, schedule=OFF))
    yield "home-before-the-tip", view(quiet)
    yield "home-paused", view(replace(quiet, schedule=replace(ON, paused_until=DUE)))
    yield "home-less-often-as-nothing-was-pressed", view(replace(quiet, schedule=SLOW, **in_a_project(catalog)))
    yield "home-path-finished", view(replace(quiet, path=path_of(catalog, role, role.skills)))
    yield "home-of-an-admin-without-figures", view(replace(quiet, desk=NONE))
    late = desk_of(MANY)
    later = late.weeks[-1].ended_at + timedelta(weeks=3)
    yield "home-of-an-admin-with-old-figures", view(replace(quiet, desk=late, now=later))
    yield "home-of-a-lead", view(replace(quiet, leads=Team("T1", "0" * 16, "S1", "ml-<platform>", "C1")))
    begun = replace(quiet, desk=NONE, first_day=FirstDay(introduced=False, teams=True, quiet_hours=True, tools=False))
    yield "home-of-an-admin-on-the-first-day", view(replace(begun, is_new=True, schedule=UNASKED))
    yield "home-of-an-admin-with-a-suggestion", view(replace(begun, desk=replace(NONE, suggested=2)))
    new = replace(visit, desk=NONE, first_day=FirstDay(*[False] * 4))
    yield "home-of-an-admin-without-a-role", view(new, role)
    yield "home-with-a-step-done", view(replace(fullest(catalog, role), place=a_place(catalog), done=1))
    yield "home-fullest", view(fullest(catalog, role))
    yield "home-fullest-with-a-tip-to-do", view(with_tip_to_do(fullest(catalog, role)))
    yield "home-not-coached", {"type": "home", "blocks": home.NOT_COACHED}


def about_the_week(catalog: Catalog) -> Iterator[tuple[str, message.Message | message.Block]]:
    role = next(iter(catalog.roles.values()))
    quiet, full = a_home(catalog, role), fullest(catalog, role)
    todo = with_tip_to_do(full)
    yield "menu-before-the-tip", home.week(quiet)
    yield "menu-with-a-tip", home.week(todo)
    yield "menu-with-a-tip-done-and-a-question", home.week(full)
    yield "menu-before-the-first-answer", home.week(replace(quiet, schedule=UNASKED))
    yield "menu-paused", home.week(replace(quiet, schedule=replace(ON, paused_until=DUE)))
    yield "menu-back-after-a-silence", home.week(replace(quiet, schedule=SLOW))
    yield "menu-with-a-step-done", home.week(replace(full, place=a_place(catalog), due_check=None))
    yield "coach-me-without-a-role", home.coach_me_modal(replace(quiet, path=None, is_new=True, schedule=UNASKED))
    yield "coach-me-before-the-tip", home.coach_me_modal(quiet)
    yield "coach-me-weekly-tips-off", home.coach_me_modal(replace(quiet, schedule=OFF))
    yield "coach-me-paused", home.coach_me_modal(replace(quiet, schedule=replace(ON, paused_until=DUE)))
    yield "coach-me-path-finished", home.coach_me_modal(replace(quiet, path=path_of(catalog, role, role.skills)))
    yield "coach-me-with-a-tip", home.coach_me_modal(full)
    yield "coach-me-not-coached", home.NOT_COACHED_MODAL


def in_a_project(catalog: Catalog) -> dict[str, Any]:
    place = a_place(catalog)
    assert place.step is not None
    return {"place": place, "lesson": catalog.lessons[place.step.id]}


def a_place(catalog: Catalog) -> Place:
    project = next(iter(catalog.projects.values()))
    return Place(project, project.steps[1], 2)


def view(found: Home, offer: Role | None = None) -> message.Block:
    return {"type": "home", "blocks": [*home.home_blocks(found, offer)]}


def a_home(catalog: Catalog, role: Role) -> Home:
    """Return the Home of a member who has a role and said yes, and nothing else."""
    return Home(
        catalog=catalog,
        zone=ZONE,
        path=path_of(catalog, role, ()),
        schedule=ON,
        tip=None,
        lesson=next(lesson for slug in role.skills for lesson in catalog.lessons_of[slug]),
        place=None,
        done=0,
        lines=role_lines(catalog, role, record_of(role)),
        is_new=False,
        planned=(),
        due_check=None,
        challenges=(),
        desk=None,
        now=AT,
    )


def fullest(catalog: Catalog, role: Role) -> Home:
    """Return the Home of an admin that holds as much as a Home can."""
    lessons = [Lesson(catalog.skills[slug], tip) for slug in role.skills for tip in catalog.skills[slug].tips]
    quizzes = [Quiz(skill, check) for skill in catalog.skills.values() for check in skill.checks]
    longest = max(lessons, key=lambda lesson: len(lesson.tip.instructions))
    quiz = max(quizzes, key=lambda quiz: len(quiz.check.ask), default=None)
    asked = [Asked(quiz.check.id, quiz.skill.slug, AT, True, AT, False, 0, KEY)] if quiz else []
    done = Practised(longest.tip.id, Step.DONE, AT, line="&" * MAX_LINE)
    plan = Plan(longest.tip.id, "0" * 16, DUE, "&" * MAX_CUE)
    plans = [Item(lesson.tip.title, lesson, plan) for lesson in lessons[:5]]
    seen = TipSeen(longest, record_of(role, zone=ZONE, steps=[done], asked=asked), AT, KEY)
    challenge = replace(of_template(SMALL), title="&" * 16)
    entry = Entry(WHO, "e1", AT, AT, "line")
    running = (Seen(replace(challenge, challenge_id=f"{n:016x}"), entry, None) for n in range(5))
    return replace(
        a_home(catalog, role),
        tip=WeekTip(seen, Reason.SINGLE, WEEK, quiz, 4),
        lesson=None,
        planned=tuple(plans),
        due_check=quiz,
        challenges=tuple(running),
        desk=replace(desk_of(MANY), suggested=3),
    )


def with_tip_to_do(full: Home) -> Home:
    """Return the Home of a member who has not done the tip of this week, nor answered the question that came along."""
    assert full.tip is not None
    record = replace(full.tip.seen.record, steps={}, checked=Checked())
    return replace(full, tip=replace(full.tip, seen=replace(full.tip.seen, record=record)))
