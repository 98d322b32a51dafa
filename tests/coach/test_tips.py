"""A tip on demand: it counts as given, and the next one differs."""

import asyncio

from sqlalchemy import Connection, select

from bot.coach import tips
from bot.core.content_types import Skill
from bot.core.nudges import Choice
from bot.store.member_schema import tip_given
from tests.coach.members import DAY, EMIL, NOW, Life, Lives

ROLE, SKILL = "devops-engineer", "cost-spikes"


async def asks(member: Life, about: Skill | None = None, day: int = 0) -> Choice:
    given = await member.store.write(tips.tip_now, member.catalog, member.who, about, NOW + day * DAY)
    return given.choice


def times_given(tx: Connection) -> int:
    return sum(tx.scalars(select(tip_given.c.times)))


async def test_the_next_tip_is_another_one(nora: Life) -> None:
    await nora.takes(ROLE)
    seen = [(await asks(nora, day=day)).lesson.tip.id for day in range(4)]
    assert len(set(seen)) == 4
    assert await nora.store.read(times_given) == 4


async def test_a_tip_about_one_skill_stays_with_it_and_begins_again_once_all_were_given(nora: Life) -> None:
    skill = nora.catalog.skills[SKILL]
    seen = [(await asks(nora, skill, day)).lesson.tip.id for day in range(2 * len(skill.tips))]
    assert set(seen) == {tip.id for tip in skill.tips}
    assert seen[: len(skill.tips)] == seen[len(skill.tips) :]


async def test_what_was_learned_is_not_taught_again(nora: Life) -> None:
    await nora.takes(ROLE)
    first = (await asks(nora)).lesson.skill
    await nora.learns(first.slug)
    assert (await asks(nora, day=1)).lesson.skill is not first


async def test_tips_asked_for_at_once_are_all_counted(nora: Life) -> None:
    await asyncio.gather(*(asks(nora) for _ in range(6)))
    assert await nora.store.read(times_given) == 6


async def test_what_one_member_was_given_is_new_to_another(nora: Life, life: Lives) -> None:
    emil = life(EMIL)
    await emil.meets()
    assert (await asks(nora)).lesson == (await asks(emil)).lesson
