"""Marks of skills, a member's role, and what they learned along it."""

import asyncio
from datetime import datetime

from sqlalchemy import Connection, select

from bot.coach import learning, roles
from bot.core.learning import Tally
from bot.store.member_schema import skill_history
from tests.coach.members import DAY, NORA, NOW, Life, Lives

ROLE, ANOTHER = "devops-engineer", "software-engineer"
SKILL, OTHER = "cost-spikes", "token-usage-and-costs"


def history(tx: Connection) -> list[tuple[str, str, datetime]]:
    rows = tx.execute(select(skill_history.c.skill, skill_history.c.step, skill_history.c.at).order_by("at", "skill"))
    return [(skill, step, at) for skill, step, at in rows]


async def test_a_skill_that_was_marked_is_learned_from_that_moment_on(nora: Life) -> None:
    marked = await nora.learns(SKILL)
    assert (marked.new, marked.at, marked.skill.slug, marked.zone) == (True, NOW, SKILL, "Europe/Berlin")
    assert await nora.has_learned() == {SKILL: NOW}


async def test_the_same_skill_twice_counts_once_and_says_when_it_was_marked(nora: Life) -> None:
    await nora.takes(ROLE)
    first = await nora.learns(SKILL)
    again = await nora.learns(SKILL, NOW + DAY)
    assert (again.new, again.at) == (False, NOW)
    assert first.path is not None
    assert again.path is not None
    assert first.path.tally == again.path.tally == Tally(1, len(nora.catalog.roles[ROLE].skills))
    assert await nora.store.read(history) == [(SKILL, "learned", NOW)]


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


async def test_taking_back_what_was_never_marked_changes_nothing(nora: Life) -> None:
    await nora.learns(OTHER)
    assert not (await nora.unlearns(SKILL)).was_marked
    assert await nora.has_learned() == {OTHER: NOW}
    assert await nora.store.read(history) == [(OTHER, "learned", NOW)]


async def test_a_skill_learned_again_has_the_new_time(nora: Life) -> None:
    await nora.learns(SKILL)
    await nora.unlearns(SKILL, NOW + DAY)
    marked = await nora.learns(SKILL, NOW + 2 * DAY)
    assert (marked.new, marked.at) == (True, NOW + 2 * DAY)
    assert await nora.has_learned() == {SKILL: NOW + 2 * DAY}
    assert [step for _, step, _ in await nora.store.read(history)] == ["learned", "undone", "learned"]


async def test_progress_names_the_latest_first_and_counts_along_every_path(nora: Life) -> None:
    await nora.takes(ROLE)
    await nora.learns(SKILL)
    await nora.learns(OTHER, NOW + DAY)
    progress = await nora.progress()
    assert list(await nora.has_learned()) == [OTHER, SKILL]
    assert progress.mine is not None
    assert progress.mine.tally.done == 2
    assert {path.role.slug for path in progress.paths} == set(nora.catalog.roles)
    assert sum(tally.done for _, tally in progress.themes) == 2


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


async def test_a_member_without_a_role_has_no_path(nora: Life) -> None:
    found = await nora.my_role()
    assert (found.member.role, found.path, found.member.zone) == (None, None, "Europe/Berlin")


async def test_a_chosen_role_is_stored(nora: Life) -> None:
    taken = await nora.takes(ROLE)
    seen = await nora.my_role()
    assert taken.path == seen.path
    assert seen.member.role == ROLE


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


async def test_any_role_can_be_read_without_choosing_it(nora: Life) -> None:
    role = nora.catalog.roles[ROLE]
    await nora.learns(role.skills[0])
    seen = await nora.store.read(roles.look_at, nora.catalog, NORA, role)
    assert (seen.path.role, seen.path.tally.done) == (role, 1)
    assert [meeting.ask for meeting in seen.meetings] == [share.ask for share in role.shares]
    assert (await nora.my_role()).member.role is None


async def test_the_skill_list_is_that_of_the_role_or_the_whole_catalogue(nora: Life) -> None:
    everything = await nora.store.read(learning.skills, nora.catalog, NORA, None)
    assert everything.skills == tuple(nora.catalog.skills.values())
    await nora.takes(ROLE)
    mine = await nora.store.read(learning.skills, nora.catalog, NORA, None)
    assert mine.skills == nora.catalog.path(nora.catalog.roles[ROLE])
    another = await nora.store.read(learning.skills, nora.catalog, NORA, nora.catalog.roles[ANOTHER])
    assert another.skills == nora.catalog.path(nora.catalog.roles[ANOTHER])


async def test_a_stranger_may_look_around(life: Lives) -> None:
    stranger = life(NORA)
    assert (await stranger.my_role()).path is None
    assert await stranger.has_learned() == {}
    skill = next(iter(stranger.catalog.skills.values()))
    assert not (await stranger.store.read(learning.skill, NORA, skill)).learned
