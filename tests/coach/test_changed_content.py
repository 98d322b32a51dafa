"""The content may change: what was hidden, forbidden or retired does not come, and what was done stays."""

from dataclasses import replace
from datetime import date

import pytest

from bot.coach import forecast, learning, plans, practice
from bot.coach.act import Act
from bot.coach.posts.tips import RetiredPost
from bot.core.catalog import Catalog, Policy, Retired
from bot.core.content_types import Lesson
from bot.core.errors import UserError
from bot.core.outbox import Kind
from bot.core.outcomes import NotYet
from bot.core.practice import ReminderWish
from tests.coach.weekly import DAY, HOUR, MONDAY, TUESDAY, Weekly, post_of, tip_of

HIDDEN, FORBIDDEN = "hidden", "forbidden"
WISH = ReminderWish(date(2026, 11, 26), 10 * 60, None)
THURSDAY = TUESDAY + 2 * DAY + HOUR / 2


def without(catalog: Catalog, lesson: Lesson, how: str) -> Catalog:
    """Return the content after a pack hid this tip, or after the policy forbade what it needs."""
    skill, tip = lesson
    others = tuple(each for each in skill.tips if each != tip)
    needy = tip.model_copy(update={"needs": ("logs",)})
    changed = skill.model_copy(update={"tips": others if how == HIDDEN else (needy, *others)})
    policy = None if how == HIDDEN else Policy(forbids=("logs",))
    return replace(catalog, skills={**catalog.skills, skill.slug: changed}, policy=policy)


@pytest.fixture
async def weekly(weekly: Weekly) -> Weekly:
    await weekly.joins()
    return weekly


@pytest.mark.parametrize("how", [HIDDEN, FORBIDDEN])
async def test_a_retry_brings_another_tip(weekly: Weekly, how: str) -> None:
    await weekly.plans(TUESDAY)
    (first,) = await weekly.sends(TUESDAY, NotYet("ratelimited"))
    weekly.catalog = without(weekly.catalog, post_of(first).choice.lesson, how)
    (second,) = await weekly.sends(TUESDAY + HOUR)
    assert tip_of(second) != tip_of(first)


@pytest.mark.parametrize("how", [HIDDEN, FORBIDDEN])
async def test_a_reminder_of_it_is_cancelled(weekly: Weekly, how: str) -> None:
    await weekly.plans(TUESDAY)
    (sent,) = await weekly.sends(TUESDAY)
    await weekly.does(plans.plan, TUESDAY, tip_of(sent), None, WISH)
    weekly.catalog = without(weekly.catalog, post_of(sent).choice.lesson, how)
    assert await weekly.sends(THURSDAY) == []
    ((_, state, reason),) = await weekly.rows("reminder")
    assert (state.value, reason) == ("cancelled", "tip is gone")


def retired_in(catalog: Catalog, lesson: Lesson) -> Catalog:
    """Return the content after this tip was retired, and another one of its skill took its place."""
    skill, tip = lesson
    others = tuple(each for each in skill.tips if each != tip)
    retired = Retired(slug=tip.id, title=tip.title, skill=skill.slug, step=others[0].id)
    skills = {**catalog.skills, skill.slug: skill.model_copy(update={"tips": others})}
    return replace(catalog, skills=skills, retired={tip.id: retired})


@pytest.fixture
def lesson(catalog: Catalog) -> Lesson:
    return catalog.tips[0]


async def test_its_reminder_is_listed_foretold_and_sent_as_one_sentence(weekly: Weekly, lesson: Lesson) -> None:
    await weekly.does(plans.plan, MONDAY, lesson.tip.id, None, WISH)
    weekly.catalog = retired_in(weekly.catalog, lesson)
    agenda = plans.agenda(weekly.catalog, await weekly.does(Act.read, MONDAY), MONDAY)
    assert [item.title for item in agenda.items] == [lesson.tip.title]
    foretold = await weekly.store.read(forecast.forecast, weekly.catalog, MONDAY, THURSDAY)
    assert [(each.at, each.brings) for each in foretold if each.kind is Kind.REMINDER] == [(THURSDAY, None)]
    (sent,) = await weekly.sends(THURSDAY)
    assert sent.content == RetiredPost(lesson.tip.title, weekly.catalog.lessons[lesson.skill.tips[1].id])
    assert await weekly.sends(THURSDAY + HOUR) == []


async def test_what_was_done_stays_in_the_record_and_counts_for_its_skill(weekly: Weekly, lesson: Lesson) -> None:
    await weekly.does(practice.did, MONDAY, lesson.tip.id, None)
    weekly.catalog = retired_in(weekly.catalog, lesson)
    done = (await weekly.does(learning.achievements, TUESDAY)).done
    assert [(each.title, each.skill) for each in done] == [(lesson.tip.title, lesson.skill.name)]
    progress = await weekly.does(learning.progress, TUESDAY)
    assert [skill.slug for skill in progress.practised] == [lesson.skill.slug]
    with pytest.raises(UserError, match="is no longer given"):
        await weekly.does(practice.undo, TUESDAY, lesson.tip.id, None)


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
    assert len(plans.agenda(weekly.catalog, await weekly.does(Act.read, MONDAY), MONDAY).items) == 1
    (sent,) = await weekly.sends(THURSDAY + DAY)
    assert sent.delivery.tip == "heir"
