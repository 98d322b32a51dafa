"""Nothing crosses workspaces: members with the same ids act in three workspaces at once."""

import random
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from bot.coach import challenges, entries, membership
from bot.core.challenges import Standing
from bot.core.member import MemberKey
from bot.store import Store
from tests.coach.challenge import DRAFT, ID
from tests.coach.members import BERLIN, NOW, Life, Lives

STEPS = 200
STARTER = "U9"


@dataclass
class Expected:
    """What must be stored about a member."""

    role: str | None = None
    learned: set[str] = field(default_factory=set)
    joined: bool = False
    done: bool = False


async def step(member: Life, expected: Expected, chance: random.Random) -> None:
    skill = chance.choice(list(member.catalog.skills))
    match chance.choice(["learn", "learn", "learn", "unlearn", "role", "join", "did", "undo", "leave", "forget"]):
        case "learn":
            assert (await member.learns(skill)).new == (skill not in expected.learned)
            expected.learned.add(skill)
        case "unlearn":
            assert (await member.unlearns(skill)).was_marked == (skill in expected.learned)
            expected.learned.discard(skill)
        case "role":
            expected.role = chance.choice(list(member.catalog.roles))
            await member.takes(expected.role)
        case "join":
            await member.store.write(entries.join, member.who, ID, NOW)
            expected.joined = True
        case "did":
            await member.store.write(entries.did, member.catalog, member.who, ID, NOW)
            expected.joined = expected.done = True
        case "undo":
            assert (await member.store.write(entries.undo, member.who, ID, NOW)).changed == expected.done
            expected.done = False
        case "leave":
            assert (await member.store.write(entries.leave, member.who, ID, NOW)).changed == expected.joined
            expected.joined = expected.done = False
        case "forget":
            await member.forgets_me()
            await member.meets()
            expected.role, expected.learned, expected.joined, expected.done = None, set(), False, False


def challenge_in(tx: Connection, workspace_id: str) -> None:
    who = MemberKey(workspace_id, STARTER)
    membership.meet(tx, who, BERLIN, NOW)
    challenges.keep(tx, who, replace(DRAFT, workspace_id=workspace_id, started_by=STARTER))
    challenges.post(tx, who, ID, NOW)


async def test_members_with_the_same_ids_in_three_workspaces_never_meet(life: Lives, store: Store) -> None:
    chance = random.Random(2026)  # noqa: S311 - a seed must replay
    keys = [MemberKey(workspace_id, member_id) for workspace_id in ("T1", "T2", "T3") for member_id in ("U1", "U2")]
    members = {key: (life(key), Expected()) for key in keys}
    for member, _ in members.values():
        await member.meets(NOW)
    for workspace_id in ("T1", "T2", "T3"):
        await store.write(challenge_in, workspace_id)
    for _ in range(STEPS):
        await step(*members[chance.choice(keys)], chance)
    for member, expected in members.values():
        assert (await member.my_role()).member.role == expected.role
        assert set(await member.has_learned()) == expected.learned
        assert await member.skills_learned() == expected.learned  # another statement, which joins tables
    for workspace_id in ("T1", "T2", "T3"):
        expectations = [expected for key, (_, expected) in members.items() if key.workspace_id == workspace_id]
        starter = MemberKey(workspace_id, STARTER)
        (item,) = (await store.read(challenges.listing, starter, NOW)).items
        standing = Standing(
            sum(expected.joined for expected in expectations), sum(expected.done for expected in expectations)
        )
        found = await store.read(challenges.look, starter, item.challenge.challenge_id)
        assert found.standing == standing
