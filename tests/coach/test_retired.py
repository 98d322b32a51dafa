"""A retired tip: what its members did stays under its old title, and its reminder is one sentence."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from bot.coach import forecast, learning, lines, plans, practice
from bot.coach.lines import Line
from bot.coach.posts.tips import RetiredPost
from bot.core.catalog import Catalog, Retired
from bot.core.content_types import Lesson
from bot.core.errors import UserError
from bot.core.outbox import Kind
from bot.core.plans import ReminderWish
from bot.core.practice import Readers
from bot.store import admins
from tests.acting import acting
from tests.coach.members import EMIL, NORA
from tests.coach.weekly import DAY, HOUR, MONDAY, TUESDAY, Weekly

WISH = ReminderWish(date(2026, 11, 26), 10 * 60, None)
THURSDAY = TUESDAY + 2 * DAY + HOUR / 2


def without(catalog: Catalog, lesson: Lesson) -> Catalog:
    """Return the content after this tip was retired, and another one of its skill took its place."""
    skill, tip = lesson
    others = tuple(each for each in skill.tips if each != tip)
    retired = Retired(slug=tip.id, title=tip.title, skill=skill.slug, step=others[0].id)
    skills = {**catalog.skills, skill.slug: skill.model_copy(update={"tips": others})}
    return replace(catalog, skills=skills, retired={tip.id: retired})


@pytest.fixture
async def weekly(weekly: Weekly) -> Weekly:
    await weekly.joins()
    return weekly


@pytest.fixture
def lesson(catalog: Catalog) -> Lesson:
    return catalog.tips[0]


async def test_its_reminder_is_listed_foretold_and_sent_as_one_sentence(weekly: Weekly, lesson: Lesson) -> None:
    await weekly.does(plans.plan, MONDAY, lesson.tip.id, None, WISH)
    weekly.catalog = without(weekly.catalog, lesson)
    agenda = await weekly.does(plans.planned, MONDAY)
    assert [item.title for item in agenda.items] == [lesson.tip.title]
    foretold = await weekly.store.read(forecast.forecast, weekly.catalog, MONDAY, THURSDAY)
    assert [(each.at, each.choice) for each in foretold if each.kind is Kind.REMINDER] == [(THURSDAY, None)]
    (sent,) = await weekly.sends(THURSDAY)
    assert sent.content == RetiredPost(lesson.tip.title, weekly.catalog.lessons[lesson.skill.tips[1].id])
    assert await weekly.sends(THURSDAY + HOUR) == []


async def test_what_was_done_stays_in_the_record_and_counts_for_its_skill(weekly: Weekly, lesson: Lesson) -> None:
    await weekly.does(practice.did, MONDAY, lesson.tip.id, None)
    weekly.catalog = without(weekly.catalog, lesson)
    done = (await weekly.does(learning.achievements, TUESDAY)).done
    assert [(each.title, each.skill) for each in done] == [(lesson.tip.title, lesson.skill.name)]
    progress = await weekly.does(learning.progress, TUESDAY)
    assert [skill.slug for skill in progress.practised] == [lesson.skill.slug]
    with pytest.raises(UserError, match="is no longer given"):
        await weekly.does(practice.undo, TUESDAY, lesson.tip.id, None)


async def test_a_decision_about_a_line_names_its_old_title(weekly: Weekly, lesson: Lesson) -> None:
    tip = lesson.tip.id
    await weekly.joins(EMIL)
    await weekly.does(practice.did, MONDAY, tip, None)
    await weekly.does(lines.write, MONDAY, tip, None, Line("Ours", Readers.NAMED))
    (line,) = (await weekly.does(lines.one_done, MONDAY, tip, who=EMIL)).lines
    await weekly.does(lines.report, MONDAY, tip, line.line_id, who=EMIL)
    weekly.catalog = without(weekly.catalog, lesson)
    decide = partial(lines.decide, hides=True)
    await weekly.store.write(acting(decide, EMIL, MONDAY, weekly.catalog), line.line_id)
    ((_, act),) = await weekly.store.read(admins.acts, NORA.workspace_id, "", 9)
    assert act.subject == lesson.tip.title


async def test_a_plan_of_a_tip_that_a_step_replaces_is_its_plan(weekly: Weekly, lesson: Lesson) -> None:
    skill, tip = lesson
    await weekly.does(plans.plan, MONDAY, tip.id, None, WISH)
    heir = tip.model_copy(update={"id": "heir", "aliases": (tip.id,)})
    changed = skill.model_copy(update={"tips": (heir, *skill.tips[1:])})
    weekly.catalog = replace(weekly.catalog, skills={**weekly.catalog.skills, skill.slug: changed})
    later = ReminderWish(date(2026, 11, 27), 10 * 60, None)
    assert (await weekly.does(practice.see, MONDAY, "heir", None)).reminder is not None
    await weekly.does(plans.plan, MONDAY, "heir", None, later)
    assert await weekly.sends(THURSDAY) == []
    assert len((await weekly.does(plans.planned, MONDAY)).items) == 1
    (sent,) = await weekly.sends(THURSDAY + DAY)
    assert sent.delivery.tip == "heir"
