"""A member's role, and what they learned along it."""

from bot.coach import learning, roles
from tests.coach.members import NORA, Life, Lives

ROLE, ANOTHER = "devops-engineer", "software-engineer"


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
