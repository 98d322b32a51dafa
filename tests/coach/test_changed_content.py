"""The content may change while a tip waits to be sent: a tip that was hidden or forbidden meanwhile does not go out."""

from dataclasses import replace

import pytest

from bot.core.catalog import Catalog, Policy
from bot.core.content_types import Lesson
from bot.core.outbox import Copy, Kind, NewDelivery, reminder_key
from bot.core.outcomes import NotYet
from bot.core.subjects import TipSubject
from bot.outbox import deliveries
from tests.coach.members import NORA
from tests.coach.weekly import DAY, HOUR, TUESDAY, Weekly, choice_of, tip_of

HIDDEN, FORBIDDEN = "hidden", "forbidden"


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
    await weekly.plans(TUESDAY)
    return weekly


@pytest.mark.parametrize("how", [HIDDEN, FORBIDDEN])
async def test_a_retry_brings_another_tip(weekly: Weekly, how: str) -> None:
    (first,) = await weekly.sends(TUESDAY, NotYet("ratelimited"))
    weekly.catalog = without(weekly.catalog, choice_of(first).lesson, how)
    (second,) = await weekly.sends(TUESDAY + HOUR)
    assert tip_of(second) != tip_of(first)


@pytest.mark.parametrize("how", [HIDDEN, FORBIDDEN])
async def test_a_reminder_of_it_is_cancelled(weekly: Weekly, how: str) -> None:
    (sent,) = await weekly.sends(TUESDAY)
    subject, tomorrow = TipSubject(tip=tip_of(sent)), TUESDAY + DAY
    reminder = NewDelivery(
        copies=[Copy(*NORA, reminder_key(NORA, "p1"), "D1")],
        kind=Kind.REMINDER,
        week=sent.delivery.week,
        subject=subject,
        due_at=tomorrow,
        until=tomorrow + DAY,
    )
    await weekly.store.write(deliveries.put, reminder)
    weekly.catalog = without(weekly.catalog, choice_of(sent).lesson, how)
    assert await weekly.sends(TUESDAY + DAY + HOUR) == []
    ((_, state, reason),) = await weekly.rows("reminder")
    assert (state.value, reason) == ("cancelled", "tip is gone")
