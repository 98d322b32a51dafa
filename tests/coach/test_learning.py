"""Marks of skills, a member's role, what they learned along it, and what of that they show to others."""

import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, select

from bot.coach import home, learning, membership, schedules
from bot.coach.learning import Confirmed, Shown
from bot.store.member_schema import showing, skill_history
from tests.acting import acting
from tests.coach.members import DAY, EMIL, NOW, Life
from tests.coach.weekly import BOTH

ROLE = "devops-engineer"
SKILL, OTHER = "cost-spikes", "token-usage-and-costs"
AUCKLAND = "Pacific/Auckland"


def history(tx: Connection) -> list[tuple[str, str, datetime]]:
    rows = tx.execute(select(skill_history.c.skill, skill_history.c.step, skill_history.c.at).order_by("at", "skill"))
    return [(skill, step, at) for skill, step, at in rows]


@BOTH
async def test_the_same_skill_many_times_at_once_counts_once(nora: Life) -> None:
    marked = await asyncio.gather(*(nora.learns(SKILL, NOW + number * DAY) for number in range(8)))
    (new,) = [mark for mark in marked if mark.new]
    assert {mark.at for mark in marked} == {new.at}
    assert await nora.has_learned() == {SKILL: new.at}
    assert await nora.store.read(history) == [(SKILL, "learned", new.at)]


async def test_a_mark_that_was_taken_back_is_gone_and_its_history_stays(nora: Life) -> None:
    await nora.learns(SKILL)
    await nora.learns(OTHER, NOW + DAY)
    unmark = partial(learning.mark, learned=False)
    assert (await nora.does(unmark, NOW + 2 * DAY, nora.catalog.skills[SKILL])).new
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
    assert await nora.role() is None
    nora.catalog = whole
    assert await nora.has_learned() == {SKILL: NOW}


# Skills that members show in a channel, and paths that they share: once each, and confirmed by somebody else.


async def shows(nora: Life, at: datetime = NOW) -> Shown:
    await nora.learns(SKILL)
    return await nora.does(learning.show, at, nora.catalog.skills[SKILL], "C1", "Halved it.")


async def test_all_that_a_member_reads_follows_the_zone_that_they_set(nora: Life) -> None:
    await nora.does(schedules.set_zone, NOW, AUCKLAND)
    evening, midnight = NOW.replace(hour=10), NOW.replace(hour=11)
    assert [(await shows(nora, at)).new for at in (evening, midnight)] == [True, True]
    assert {
        (await nora.does(home.home, NOW)).zone,
        (await nora.does(learning.progress, NOW)).zone,
        (await nora.does(learning.achievements, NOW)).zone,
        (await nora.learns(SKILL)).zone,
    } == {AUCKLAND}


@BOTH
async def test_a_skill_shown_many_times_at_once_is_posted_once(nora: Life) -> None:
    shown = await asyncio.gather(*(shows(nora) for _ in range(6)))
    assert [each.new for each in shown].count(True) == 1
    assert len({each.showing for each in shown}) == 1
    assert len(await nora.store.read(lambda tx: tx.execute(select(showing)).all())) == 1


async def test_a_skill_that_is_no_longer_taught_can_not_be_confirmed(nora: Life) -> None:
    shown = await shows(nora)
    without = replace(
        nora.catalog, skills={slug: skill for slug, skill in nora.catalog.skills.items() if slug != SKILL}
    )
    found = await nora.store.write(acting(learning.confirm, EMIL, NOW, without), shown.showing.showing_id)
    assert found == Confirmed(shown.showing, None)
    assert found.showing is not None
    assert found.showing.seen_at is None
    (listed,) = (await nora.store.read(acting(learning.achievements, nora.who, NOW, without))).shown
    assert (listed.name, listed.confirmed_at) == (None, None)


@BOTH
async def test_a_forgotten_colleagues_confirmation_stays(nora: Life) -> None:
    shown, emil = await shows(nora), Life(nora.store, nora.catalog, EMIL)
    for at in (NOW, NOW + DAY):
        await emil.meets()
        confirmed = await emil.does(learning.confirm, at, shown.showing.showing_id)
        await emil.store.write(membership.forget, EMIL, NOW)
        assert confirmed.showing == replace(shown.showing, seen_at=NOW)
