"""Tips on demand, and those that a member names themselves: both count as given."""

import asyncio

from sqlalchemy import Connection, select

from bot.coach import practice, tips
from bot.core.catalog import Catalog
from bot.core.content_types import Skill
from bot.core.learning import FIRST_TIP
from bot.core.nudges import Choice
from bot.store import tips as tip_rows
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


async def reports(nora: Life, tip: str) -> practice.TipSeen:
    return await nora.store.write(practice.report, nora.catalog, nora.who, tip, NOW)


def two_tips(catalog: Catalog) -> tuple[str, str]:
    first, second, *_ = catalog.lessons
    return first, second


async def test_a_tip_that_was_never_given_counts_as_given_once_it_is_done(nora: Life) -> None:
    tip, _ = two_tips(nora.catalog)
    seen = await reports(nora, tip)
    assert (seen.new, seen.milestone) == (True, FIRST_TIP)
    again = await reports(nora, tip)
    assert (again.new, again.milestone) == (False, None)
    assert again.last_step == seen.last_step
    given = await nora.store.read(tip_rows.given, "T1", [nora.who.member_id])
    assert given[nora.who.member_id].times == {tip: 1}


async def test_a_tip_that_was_given_keeps_its_count(nora: Life) -> None:
    first = await nora.store.write(tips.tip_now, nora.catalog, nora.who, None, NOW - DAY)
    await reports(nora, first.choice.lesson.tip.id)
    given = await nora.store.read(tip_rows.given, "T1", [nora.who.member_id])
    assert given[nora.who.member_id].times == {first.choice.lesson.tip.id: 1}
    assert given[nora.who.member_id].at == {first.choice.lesson.tip.id: NOW - DAY}


async def test_the_tips_that_wait_are_listed_latest_first_without_those_done_refused_or_gone(nora: Life) -> None:
    given = []
    for day in range(5):
        choice = (await nora.store.write(tips.tip_now, nora.catalog, nora.who, None, NOW + day * DAY)).choice
        given.append(choice.lesson)
    await reports(nora, given[3].tip.id)
    await nora.store.write(practice.not_my_work, nora.catalog, nora.who, given[1].tip.id, None, NOW)
    await nora.store.write(tip_rows.give, [(nora.who, "last-years-tip")], NOW + 9 * DAY)
    waiting = await nora.store.read(practice.undone, nora.catalog, nora.who)
    assert waiting == (given[4], given[2], given[0])
    await nora.store.write(practice.undo, nora.catalog, nora.who, given[3].tip.id, None, NOW + 9 * DAY)
    waiting = await nora.store.read(practice.undone, nora.catalog, nora.who)
    assert waiting == (given[4], given[3], given[2], given[0])
