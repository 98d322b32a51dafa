"""Marks of skills, a member's role, and what they learned along it."""

import asyncio
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.member_schema import skill_history
from tests.coach.members import DAY, NOW, Life

ROLE, ANOTHER = "devops-engineer", "software-engineer"
SKILL, OTHER = "cost-spikes", "token-usage-and-costs"


def history(tx: Connection) -> list[tuple[str, str, datetime]]:
    rows = tx.execute(select(skill_history.c.skill, skill_history.c.step, skill_history.c.at).order_by("at", "skill"))
    return [(skill, step, at) for skill, step, at in rows]


async def test_the_same_skill_many_times_at_once_counts_once(nora: Life) -> None:
    marked = await asyncio.gather(*(nora.learns(SKILL, NOW + number * DAY) for number in range(8)))
    (new,) = [mark for mark in marked if mark.new]
    assert {mark.at for mark in marked} == {new.at}
    assert await nora.has_learned() == {SKILL: new.at}
    assert await nora.store.read(history) == [(SKILL, "learned", new.at)]


async def test_a_mark_that_was_taken_back_is_gone_and_its_history_stays(nora: Life) -> None:
    await nora.learns(SKILL)
    await nora.learns(OTHER, NOW + DAY)
    assert (await nora.unlearns(SKILL, NOW + 2 * DAY)).was_marked
    assert await nora.has_learned() == {OTHER: NOW + DAY}
    steps = [(SKILL, "learned", NOW), (OTHER, "learned", NOW + DAY), (SKILL, "undone", NOW + 2 * DAY)]
    assert await nora.store.read(history) == steps


async def test_a_removed_skill_is_left_out_of_the_progress_but_not_lost(nora: Life) -> None:
    """A skill that is removed from the content keeps its marks, in case it comes back."""
    await nora.takes(ROLE)
    await nora.learns(SKILL)
    whole, fewer = nora.catalog, {slug: skill for slug, skill in nora.catalog.skills.items() if slug != SKILL}
    nora.catalog = type(whole)(whole.themes, whole.mottos, whole.boundaries, {}, fewer)
    assert await nora.has_learned() == {}
    assert (await nora.my_role()).path is None
    nora.catalog = whole
    assert await nora.has_learned() == {SKILL: NOW}


async def test_a_change_of_role_keeps_what_was_learned(nora: Life) -> None:
    await nora.takes(ROLE)
    shared = next(slug for slug in nora.catalog.roles[ROLE].skills)
    await nora.learns(shared)
    taken = await nora.takes(ANOTHER)
    assert taken.path is not None
    assert taken.path.tally.done == (shared in nora.catalog.roles[ANOTHER].skills)
    back = await nora.takes(ROLE)
    assert back.path is not None
    assert back.path.tally.done == 1
