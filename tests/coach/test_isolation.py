"""Nothing crosses workspaces: members who share their ids live many lives at once, and each stays their own."""

import random
from dataclasses import dataclass, field

from bot.core.member import MemberKey
from tests.coach.members import NOW, Life, Lives

STEPS = 150


@dataclass
class Expected:
    """What must be kept about a member."""

    role: str | None = None
    learned: set[str] = field(default_factory=set)


async def step(member: Life, expected: Expected, chance: random.Random) -> None:
    skill = chance.choice(list(member.catalog.skills))
    match chance.choice(["learn", "learn", "learn", "unlearn", "role", "forget"]):
        case "learn":
            assert (await member.learns(skill)).new == (skill not in expected.learned)
            expected.learned.add(skill)
        case "unlearn":
            assert (await member.unlearns(skill)).was_marked == (skill in expected.learned)
            expected.learned.discard(skill)
        case "role":
            expected.role = chance.choice(list(member.catalog.roles))
            await member.takes(expected.role)
        case "forget":
            await member.forgets_me()
            await member.meets()
            expected.role, expected.learned = None, set()


async def test_members_with_the_same_ids_in_three_workspaces_never_meet(life: Lives) -> None:
    chance = random.Random(2026)  # noqa: S311 - a seed must replay
    keys = [MemberKey(workspace_id, member_id) for workspace_id in ("T1", "T2", "T3") for member_id in ("U1", "U2")]
    members = {key: (life(key), Expected()) for key in keys}
    for member, _ in members.values():
        await member.meets(NOW)
    for _ in range(STEPS):
        await step(*members[chance.choice(keys)], chance)
    for member, expected in members.values():
        assert (await member.my_role()).member.role == expected.role
        assert set(await member.has_learned()) == expected.learned
        assert await member.skills_learned() == expected.learned  # another statement, which joins tables
