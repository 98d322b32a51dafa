"""Teams without Slack: one worker reads them at a time, and somebody who is in two counts in the one added first."""

from collections.abc import Mapping
from datetime import timedelta

from bot.coach import membership, teams
from bot.coach.teams import NewTeam
from bot.core.member import MemberKey
from bot.store import Store
from bot.store import teams as rows
from tests.coach.members import BERLIN, NORA, NOW

PEOPLE = {"S1": ["U1", "U2", "U9"], "S2": ["U2", "U3"]}


async def test_one_worker_reads_the_teams_of_a_workspace_and_members_move_with_slack(store: Store) -> None:
    await store.write(membership.connect, "T1", NOW)
    for member_id in ("U1", "U2", "U3"):
        await store.write(membership.meet, MemberKey("T1", member_id), BERLIN, NOW)
    for number, source in enumerate(PEOPLE):
        new = NewTeam(source, source, "C1", NORA if source == "S1" else None)
        await store.write(teams.add, NORA, new, NOW - timedelta(hours=1 - number))
    (reading,) = await store.write(teams.claim, NOW)
    assert await store.write(teams.claim, NOW) == [], "another worker has it"
    first, second = (each.team_id for each in reading.teams)
    assert await moved(store, reading, PEOPLE) == {"U1": first, "U2": first, "U3": second}, "U9 is unknown"
    assert await store.write(teams.claim, NOW + timedelta(hours=23)) == []
    (reading,) = await store.write(teams.claim, NOW + timedelta(days=1))
    after = await moved(store, reading, {"S1": ["U3"], "S2": "no_such_subteam"})
    assert after == {"U3": first}, "U3 was in the second one, which can't be read and keeps nobody else"
    assert [each.trouble for each in await store.read(rows.of_workspace, "T1")] == [None, "no_such_subteam"]
    await store.write(membership.forget, MemberKey("T1", "U3"), NOW)
    assert await store.read(rows.members_of, "T1") == {}


async def moved(store: Store, reading: teams.Reading, people: Mapping[str, list[str] | str]) -> dict[str, str]:
    """Store what Slack says, as the job does, and return who is in which team."""
    told = {each.team_id: people[each.source] for each in reading.teams}
    was, known = await store.read(teams.before, "T1")
    for to, those in teams.moves(reading, told, was, known):
        await store.write(teams.move, "T1", to, those)
    await store.write(teams.end, reading, told, NOW)
    return await store.read(rows.members_of, "T1")
