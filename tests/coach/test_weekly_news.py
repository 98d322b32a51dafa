"""The weekly message names what changed on a member's path in the last week, unless they looked since."""

from dataclasses import replace

import pytest

from bot.coach import editions, roles, whatsnew
from bot.coach.posts.tips import TipPost
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.whatsnew import hashes
from bot.store import Store
from tests.coach.members import EMIL, NORA
from tests.coach.watched import watched
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, TUESDAY, WEEK, Weekly

ROLE = "devops-engineer"
LAST_TUESDAY = TUESDAY - WEEK


@pytest.fixture
async def weekly(store: Store, catalog: Catalog) -> Weekly:
    """Return a workspace with Nora, whose path has one skill less than it will have."""
    role = catalog.roles[ROLE]
    shorter = role.model_copy(update={"skills": role.skills[:-1]})
    weekly = Weekly(store, replace(catalog, roles={**catalog.roles, ROLE: shorter}))
    await weekly.opens()
    await store.write(editions.record, hashes(weekly.catalog), LAST_TUESDAY - DAY)
    await joins(weekly, NORA)
    return weekly


async def joins(weekly: Weekly, who: MemberKey) -> None:
    await weekly.joins(who, at=LAST_TUESDAY - DAY)
    await weekly.store.write(roles.set_role, weekly.catalog, who, weekly.catalog.roles[ROLE], LAST_TUESDAY)


async def grows(weekly: Weekly, catalog: Catalog) -> str:
    """Put the last skill onto the path on Monday, and return it."""
    weekly.catalog = catalog
    assert await weekly.store.write(editions.record, hashes(catalog), MONDAY) == 1
    return catalog.roles[ROLE].skills[-1]


async def news(weekly: Weekly, at: int = 0) -> list[list[str]]:
    """Return the skills that each weekly message names, this Tuesday or weeks later."""
    sent = await weekly.ticks(TUESDAY + at * WEEK)
    posts = [each.content for each in sent if isinstance(each.content, TipPost)]
    return [[each.skill.slug for each in post.news if each.is_new] for post in posts]


@BOTH
async def test_a_new_skill_is_named_in_the_week_after_it_came_and_not_later(weekly: Weekly, catalog: Catalog) -> None:
    skill = await grows(weekly, catalog)
    assert await news(weekly) == [[skill]]
    assert await news(weekly, 1) == [[]]


async def test_nobody_is_told_who_looked_since(weekly: Weekly, catalog: Catalog) -> None:
    await joins(weekly, EMIL)
    skill = await grows(weekly, catalog)
    await weekly.store.write(whatsnew.look, catalog, EMIL, MONDAY + HOUR)
    assert sorted(await news(weekly)) == [[], [skill]]


async def test_nobody_is_told_whom_the_bot_met_since(weekly: Weekly, catalog: Catalog) -> None:
    skill = await grows(weekly, catalog)
    await weekly.joins(EMIL, at=MONDAY + HOUR)
    await weekly.store.write(roles.set_role, catalog, EMIL, catalog.roles[ROLE], MONDAY + HOUR)
    assert sorted(await news(weekly)) == [[], [skill]]


@pytest.mark.parametrize("grown", [False, True])
async def test_news_take_one_statement_for_all_members(weekly: Weekly, catalog: Catalog, grown: bool) -> None:
    await joins(weekly, EMIL)
    if grown:
        await grows(weekly, catalog)
    await weekly.plans(TUESDAY)
    with watched() as claiming:
        assert len(await weekly.claims(TUESDAY)) == 2
    assert sum("content_entry" in sql for sql in claiming.statements) == 1
