"""P17: somebody who sees all published figures, and knows who is in which team, settles for no few what they did.

A history has two workspaces with the same member ids, three teams each, and some weeks: people change teams, and do
things or not. The database, the counting and the snapshots are the real ones. The observer knows the rules, sees the
snapshots, and keeps every assignment of deeds to members for which the bot would have published the same: as counts by
group, because members of a group can be exchanged. Deeds of different weeks are independent: anybody may change.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from sqlalchemy import Connection, delete, insert

from bot.coach import desk as coach
from bot.core import team as rules
from bot.core.team import DID, LACKS, MIN_GROUP, SAID_YES, WHOLE, Group
from bot.store import figures, open_store
from bot.store.member_schema import member, practice, schedule, situation, team_member
from bot.store.schema import team, workspace
from tests.faults.processes import Processes
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result

START, WEEK = datetime(2026, 3, 2, tzinfo=UTC), timedelta(weeks=1)
WEEKS, WORKSPACES, TEAMS = 3, ("T1", "T2"), ("a", "b", "c")
NAMES = (DID, SAID_YES, LACKS + "logs")
LOW, HIGH = (5, 8, 13), (4, 7, 12, 17)  # counts at the edges of what is rounded alike
FEW = range(1, MIN_GROUP)
Counts = tuple[int, ...]  # of those who did something: in each team with figures, then in the rest


async def run(case: Case, databases: Databases, processes: Processes) -> Result:
    async with databases.fresh(case.database) as address:
        return await processes.prove(case, "tests.faults.observer:lives", address, case.seed)


async def lives(address: str, seed: int) -> tuple[Counter[str], list[str]]:
    draw, store = random.Random(seed), open_store(address)  # noqa: S311 - a seed must replay
    counts: Counter[str] = Counter(histories=1)
    broken: list[str] = []
    await store.write(_begin)
    for week in range(WEEKS):
        now = START + week * WEEK
        lived = {each: _live(draw) for each in WORKSPACES}
        for workspace_id, (of_team, deeds) in lived.items():
            await store.write(_store, workspace_id, of_team, deeds, now - WEEK)
        for workspace_id, name, since, until in await store.read(coach.without_figures, now):
            shown = await store.read(coach.count, workspace_id, since, until)
            await store.write(coach.keep_figures, workspace_id, name, shown, now)
            told = await store.read(figures.last, workspace_id)
            sizes = Counter(lived[workspace_id][0].values())
            for deed in NAMES:
                counts["figures"] += sum(deed in each for each in told.values())
                seen = {group: own.get(deed, 0) for group, own in told.items()}
                broken += [f"{workspace_id} {name} {deed}: {each}" for each in settled(dict(sizes), deed, seen)]
    await store.close()
    return counts, broken


# What people do.


def _live(draw: random.Random) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the team of each member (WHOLE: none), and who did what."""
    sizes = {**{each: draw.randint(12, 19) for each in TEAMS}, WHOLE: draw.choice((0, 2, 3, 5, 6, 7, 8, 10, 11, 12))}
    ids = [f"U{number}" for number in range(sum(sizes.values()))]
    draw.shuffle(ids)
    of_team = dict(zip(ids, (group for group, size in sizes.items() for _ in range(size)), strict=True))
    deeds: dict[str, list[str]] = {}
    for name in NAMES:
        edges = draw.choice((LOW, HIGH, tuple(range(20))))
        counts = {group: min(draw.choice(edges), size) for group, size in sizes.items()}
        counts[WHOLE] = draw.choice((0, sizes[WHOLE], draw.randint(0, sizes[WHOLE])))
        deeds[name] = []
        for group, count in counts.items():
            deeds[name] += [who for who in ids if of_team[who] == group][:count]
        draw.shuffle(ids)
    return of_team, deeds


def _begin(tx: Connection) -> None:
    for workspace_id in WORKSPACES:
        tx.execute(insert(workspace), {"workspace_id": workspace_id, "met_at": START})
        teams = [
            {"workspace_id": workspace_id, "team_id": each, "source": f"S{each}", "name": each, "channel": "C1",
             "added_at": START + number * timedelta(hours=1)}
            for number, each in enumerate(TEAMS)
        ]  # fmt: skip
        tx.execute(insert(team), teams)


def _store(
    tx: Connection, workspace_id: str, of_team: dict[str, str], deeds: dict[str, list[str]], at: datetime
) -> None:
    """Put these people and what they did in place of those of the week before."""
    tx.execute(delete(member).where(member.c.workspace_id == workspace_id))
    known = [{"workspace_id": workspace_id, "member_id": who} for who in of_team]
    tx.execute(insert(member), [{**each, "met_at": at, "profile_at": at} for each in known])
    in_teams = [{**each, "team_id": group} for each in known if (group := of_team[str(each["member_id"])])]
    tx.execute(insert(team_member), in_teams)
    more: dict[str, dict[str, object]] = {
        DID: {"tip": "x", "at": at, "step": "done"},
        SAID_YES: {"consent": "yes", "weekday": 1, "minute": 570, "zone_is_own": False},
        LACKS + "logs": {"need": "logs", "has": False, "at": at},
    }
    for name, table in ((DID, practice), (SAID_YES, schedule), (LACKS + "logs", situation)):
        those = [{"workspace_id": workspace_id, "member_id": who, **more[name]} for who in deeds[name]]
        if those:
            tx.execute(insert(table), those)


# What an observer concludes.


def settled(sizes: dict[str, int], name: str, seen: dict[str, int]) -> Iterator[str]:
    """Yield each set of fewer than five members for whom only one answer is left.

    `sizes`: how many members each team has, and under WHOLE how many are in none. `seen`: the figures by group.
    """
    members = sum(sizes.values())
    groups = [each for each in TEAMS if each in rules.large(_groups(sizes, {}, name))]
    rest = members - sum(sizes[each] for each in groups)
    room = [*(sizes[each] for each in groups), rest]
    possible = list(_possible(sizes, groups, rest, name, seen))
    assert possible, "what happened is possible"
    for place, size in enumerate(room):
        answers = {counts[place] for counts in possible}
        # Members of a group can be exchanged: if some of it did it in one case, and others did not, no part is settled.
        if size > 1 and not any(0 < each < size for each in answers):
            yield f"some of group {place} of {room} are known: {seen}, {possible[:3]}"
        if size in FEW and len(answers) == 1:
            yield f"all {size} who are left are known: {seen}, {possible[:3]}"


def _possible(sizes: dict[str, int], groups: list[str], rest: int, name: str, seen: dict[str, int]) -> Iterator[Counts]:
    """Yield all counts for which the same figures would have been published."""
    alone = [
        [count for count in range(sizes[each] + 1) if _own(sizes, each, count, name) == seen.get(each, 0)]
        for each in groups
    ]
    shown = [place for place, each in enumerate(groups) if seen.get(each)]
    looks_so: dict[tuple[int, int], bool] = {}
    for own in product(*alone):
        in_shown = sum(own[place] for place in shown)
        for in_rest in range(rest + 1):
            sums = in_shown, sum(own) - in_shown + in_rest  # the figure of the whole depends on no more of the counts
            if sums not in looks_so:
                found = rules.figures(_groups(sizes, dict(zip(groups, own, strict=True)), name, in_rest))
                looks_so[sums] = found[WHOLE].get(name, 0) == seen.get(WHOLE, 0)
            if looks_so[sums]:
                yield (*own, in_rest)


def _own(sizes: dict[str, int], group: str, count: int, name: str) -> int:
    """Return the figure of a team with this count; it does not depend on others."""
    return rules.figures(_groups(sizes, {group: count}, name)).get(group, {}).get(name, 0)


def _groups(sizes: dict[str, int], own: dict[str, int], name: str, in_rest: int = 0) -> dict[str, Group]:
    whole = Group(sum(sizes.values()), {name: sum(own.values()) + in_rest})
    return {WHOLE: whole} | {each: Group(sizes[each], {name: own.get(each, 0)}) for each in TEAMS if each in sizes}
