"""The desk: one report a week, of this workspace alone, with k-anonymity (k = 5)."""

import asyncio
import random
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from bot.coach import membership, team
from bot.core.catalog import Catalog
from bot.core.challenges import ChallengeState
from bot.core.member import MemberKey
from bot.core.outbox import DeliveryState
from bot.core.team import MIN_GROUP, Ended, Population, figures
from bot.store import Store
from bot.store import team as rows
from bot.store.member_schema import delivery, entry
from bot.store.schema import challenge, snapshot, workspace
from tests.coach.members import DAY, NOW
from tests.coach.teams import Somebody, settle_in
from tests.store.rows import everything, know

WEEK = timedelta(weeks=1)
SKILLS = ("token-usage-and-costs", "cost-spikes", "streaming-responses", "fast-and-cheap")
ROLES = ("devops-engineer", "software-engineer", "data-scientist", "ml-engineer", "a-role-of-last-year", None)
TIPS = ("a", "b", "c", "d")


def anybody(chance: random.Random) -> Somebody:
    some = [slug for slug in SKILLS if chance.random() < 0.5]
    tips = [tip for tip in TIPS if chance.random() < 0.4]
    return Somebody(
        role=chance.choice(ROLES),
        weekly=chance.random() < 0.5,
        learned=some[: chance.randrange(3)],
        unlearned=some[2:],
        done=tips[:2],
        blocked=tips[2:],
        lacks=["logs"] if chance.random() < 0.5 else [],
        right=some[:1],
        wrong=some[1:2],
        met=chance.random() < 0.8,
    )


def counted(people: list[Somebody]) -> Population:
    """Return the figures that the database must find, counted in Python."""
    met = [person for person in people if person.met]
    return Population(
        members=len(met),
        weekly=sum(person.weekly for person in met),
        roles=Counter(person.role for person in met if person.role),
        skills=Counter(slug for person in met for slug in person.learned),
        done=Counter(len(person.done) for person in met if person.done),
        blocked=Counter(len(person.blocked) for person in met if person.blocked),
        reasons=_count(("no-time",) for person in met if person.blocked),
        lacks=_count(person.lacks for person in met),
        asked=_count((*person.right, *person.wrong) for person in met),
        right=_count(person.right for person in met),
    )


def _count(names: Iterable[Collection[str]]) -> dict[str, int]:
    return dict(Counter(name for each in names for name in each))


async def desk(store: Store, catalog: Catalog, now: datetime = NOW, workspace_id: str = "T1") -> team.Desk:
    return await store.write(team.desk, catalog, MemberKey(workspace_id, "U1"), now)


def kept(tx: Connection) -> list[tuple[str, str, int]]:
    return [tuple(row) for row in tx.execute(select(snapshot.c.week, snapshot.c.figure, snapshot.c.count))]


async def test_members_are_counted_by_role_skill_consent_and_verdict_in_their_own_workspace(store: Store) -> None:
    chance = random.Random(11)  # noqa: S311 - a seed must replay
    here, there = ([anybody(chance) for _ in range(size)] for size in (40, 25))
    await store.write(settle_in, here)
    await store.write(settle_in, there, "T2")
    assert await store.read(rows.population, "T1", NOW) == counted(here)
    assert await store.read(rows.population, "T2", NOW) == counted(there)


async def test_a_snapshot_holds_only_what_may_be_shown(store: Store, catalog: Catalog) -> None:
    chance = random.Random(12)  # noqa: S311 - a seed must replay
    people = [anybody(chance) for _ in range(60)]
    await store.write(settle_in, people)
    found = await desk(store, catalog)
    assert {(figure, count) for _, figure, count in await store.read(kept)} == set(
        figures(catalog, counted(people)).items()
    )
    assert all(count >= MIN_GROUP and count % MIN_GROUP == 0 for _, _, count in await store.read(kept))
    assert found.report is not None
    assert found.report.taken_at == NOW


async def test_a_team_of_fewer_than_five_has_no_snapshot_and_no_figures(store: Store, catalog: Catalog) -> None:
    await store.write(settle_in, [Somebody(learned=SKILLS)] * 4 + [Somebody(met=False)] * 9)
    assert (await desk(store, catalog)).report is None
    assert await store.read(kept) == []
    await store.write(settle_in, [Somebody()], "T1", 20)
    assert (await desk(store, catalog)).report is not None  # the next look in the same week


async def test_the_report_stays_the_same_all_week(store: Store, catalog: Catalog) -> None:
    monday, sunday = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 29, 23, 59, tzinfo=UTC)
    await store.write(settle_in, [Somebody(learned=SKILLS[:1])] * 20)
    first = await desk(store, catalog, monday)
    await store.write(settle_in, [Somebody(learned=SKILLS)] * 20, "T1", 100)
    assert (await desk(store, catalog, sunday)).report == first.report
    following = await desk(store, catalog, sunday + timedelta(minutes=1))
    assert following.report is not None
    assert following.report.team.members == 40
    assert (following.report.since, following.report.team.gained) == (monday, 20 + 3 * 20)
    assert first.next_at == sunday + timedelta(minutes=1)


async def test_the_week_is_that_of_the_workspaces_own_zone(store: Store, catalog: Catalog) -> None:
    await store.write(
        lambda tx: tx.execute(insert(workspace), {"workspace_id": "T1", "met_at": NOW, "zone": "Asia/Tokyo"})
    )
    await store.write(settle_in, [Somebody()] * 5)
    sunday_in_utc = datetime(2026, 11, 29, 16, tzinfo=UTC)  # Monday, one in the morning in Tokyo
    found = await desk(store, catalog, sunday_in_utc)
    assert {week for week, _, _ in await store.read(kept)} == {"2026-W49"}
    assert found.next_at == datetime(2026, 12, 6, 15, tzinfo=UTC)


async def test_growth_is_measured_from_the_first_report_of_the_last_four_weeks(store: Store, catalog: Catalog) -> None:
    await store.write(settle_in, [Somebody()] * 20)
    for week in range(6):
        await desk(store, catalog, NOW + week * WEEK)
    await store.write(settle_in, [Somebody(learned=SKILLS[:2])] * 8, "T1", 50)
    found = await desk(store, catalog, NOW + 6 * WEEK)
    assert found.report is not None
    assert (found.report.since, found.report.team.gained) == (NOW + 2 * WEEK, 20)
    after_a_long_silence = await desk(store, catalog, NOW + 20 * WEEK)
    assert after_a_long_silence.report is not None
    assert after_a_long_silence.report.since is None


async def test_tips_done_are_shown_for_the_last_twelve_weeks_that_have_figures(store: Store, catalog: Catalog) -> None:
    busy, quiet = Somebody(done=["a", "b"]), Somebody()
    await store.write(settle_in, [quiet] * 20)
    for week in range(12):
        if week != 5:  # the bot did not run
            await desk(store, catalog, NOW + week * WEEK)
    await store.write(settle_in, [busy] * 6, "T1", 50, NOW + 11 * WEEK)
    await store.write(settle_in, [busy] * 9, "T2", 50, NOW + 11 * WEEK)
    found = await desk(store, catalog, NOW + 12 * WEEK)
    assert found.report is not None
    expected = [(NOW + week * WEEK, None) for week in range(1, 12) if week != 5]
    assert list(found.report.weeks) == [*expected, (NOW + 12 * WEEK, 10)]


async def test_figures_are_taken_in_each_workspace_by_its_own_week(store: Store, catalog: Catalog) -> None:
    sunday_in_utc = datetime(2026, 11, 29, 16, tzinfo=UTC)  # Monday, one in the morning in Tokyo

    async def take(now: datetime) -> int:
        lacking = await store.read(team.without_figures, now)
        taken = [
            await store.write(team.take_figures, catalog, workspace_id, week, now) for workspace_id, week in lacking
        ]
        return taken.count(True)

    zones = {"T1": "Asia/Tokyo", "T2": None}
    values = [{"workspace_id": workspace_id, "met_at": NOW, "zone": zone} for workspace_id, zone in zones.items()]
    await store.write(lambda tx: tx.execute(insert(workspace), values))
    for workspace_id in zones:
        await store.write(settle_in, [Somebody()] * 5, workspace_id)
    assert await take(NOW) == 2
    assert await take(sunday_in_utc) == 1
    assert await take(sunday_in_utc) == 0
    assert await take(NOW) == 0  # a clock that is set back takes no second snapshot
    weeks = await store.read(lambda tx: tx.execute(select(snapshot.c.workspace_id, snapshot.c.week).distinct()).all())
    assert sorted(map(tuple, weeks)) == [("T1", "2026-W48"), ("T1", "2026-W49"), ("T2", "2026-W48")]


async def test_two_admins_who_look_first_at_the_same_moment_see_one_report(
    store: Store, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both see it even if the figures change between the two."""
    small = Population(20, 10, {}, {SKILLS[0]: 10}, {}, {})
    differing = iter([small, replace(small, skills=dict.fromkeys(SKILLS, 10)), small, small])
    monkeypatch.setattr(rows, "population", lambda *_: next(differing))
    found = await asyncio.gather(*(desk(store, catalog, NOW + number * timedelta(seconds=1)) for number in range(4)))
    assert len({desk.report.taken_at for desk in found if desk.report}) == 1
    assert len({desk.report.team for desk in found if desk.report}) == 1
    assert len(await store.read(kept)) in {3, 6}


def challenges_of(tx: Connection, workspace_id: str, size: int = 3) -> None:
    """Insert a challenge in each state, which all joined and a third did; each ends a day after the one before."""
    for number, state in enumerate(ChallengeState):
        key = {"workspace_id": workspace_id, "challenge_id": f"{workspace_id}-{state}"}
        written = {"title": f"{state} in {workspace_id}", "task": "x", "done_when": "x", "channel": "C1", "goal": 7}
        ways = {"shows_entries": False, "calls_last": False, "postings": 1, "ends_at": NOW + number * DAY}
        tx.execute(insert(challenge), {**key, **written, **ways, "state": state.value})
        know(tx, *(MemberKey(workspace_id, f"U{each}") for each in range(size)))
        entries = [
            {"member_id": f"U{each}", "entry_id": str(each), "joined_at": NOW, "picked": False,
             "done_at": NOW if each % 3 == 0 else None}
            for each in range(size)
        ]  # fmt: skip
        tx.execute(insert(entry), [{**key, **each} for each in entries])


async def test_results_are_those_of_challenges_that_began_in_this_workspace(store: Store, catalog: Catalog) -> None:
    await store.write(challenges_of, "T1", 6)
    await store.write(challenges_of, "T2", 9)
    found = await desk(store, catalog)
    told = [
        (result.challenge.title, result.standing.done, result.standing.joined, result.challenge.goal)
        for result in found.results
    ]
    assert told == [("closed in T1", 2, 6, 7), ("open in T1", 2, 6, 7)]


def losses(tx: Connection, state: DeliveryState, reason: str | None, first: int, count: int, **more: object) -> None:
    """Insert nudges of so many members that ended like this a day ago."""
    where = str(more.get("workspace_id", "T1"))
    know(tx, *(MemberKey(where, f"U{number}") for number in range(first, first + count)))
    for number in range(first, first + count):
        week = more.get("week", "2026-W48")
        row = {
            "workspace_id": "T1", "key": f"nudge:U{number}:{week}", "id": f"{number}{week}", "kind": "nudge",
            "member_id": f"U{number}", "week": week, "state": state.value, "reason": reason, "due_at": NOW - DAY,
            "try_at": NOW - DAY, "window_ends_at": NOW + DAY, "attempts": 3, "claim_token": "old", "ended_at": NOW,
        }  # fmt: skip
        tx.execute(insert(delivery), row | more)


async def test_undelivered_nudges_are_shown_by_reason_if_five_members_share_it(store: Store, catalog: Catalog) -> None:
    await store.write(settle_in, [Somebody()] * 20, "T1", 100)
    await store.write(losses, DeliveryState.REFUSED, "messages_tab_disabled", 1, 13)
    await store.write(losses, DeliveryState.REFUSED, "user_disabled", 20, 4)
    await store.write(losses, DeliveryState.MISSED, None, 30, 6)
    await store.write(lambda tx: losses(tx, DeliveryState.MISSED, "window over", 40, 4))
    await store.write(
        lambda tx: losses(tx, DeliveryState.MISSED, "window over", 40, 4, week="2026-W47")
    )  # the same four
    await store.write(lambda tx: losses(tx, DeliveryState.MISSED, "window over", 50, 9, due_at=NOW - 15 * DAY))
    await store.write(lambda tx: losses(tx, DeliveryState.MISSED, "window over", 60, 9, workspace_id="T2"))
    await store.write(lambda tx: losses(tx, DeliveryState.MISSED, "window over", 70, 9, kind="reminder"))
    await store.write(losses, DeliveryState.SENT, None, 80, 9)
    found = await desk(store, catalog)
    assert found.undelivered == (
        Ended(DeliveryState.MISSED, None, 5),
        Ended(DeliveryState.REFUSED, "messages_tab_disabled", 15),
    )


async def test_looking_stores_nothing_but_the_figures(store: Store, catalog: Catalog) -> None:
    await store.write(settle_in, [Somebody()] * 6)
    before = await store.read(everything)
    await desk(store, catalog)
    new = [row for row in await store.read(everything) if row not in before]
    assert {row.table for row in new} == {"snapshot"}
    assert not any(value.startswith("U") for row in new for value in row.values if isinstance(value, str))


async def test_forgetting_a_member_does_not_change_the_weeks_report(store: Store, catalog: Catalog) -> None:
    await store.write(settle_in, [Somebody(learned=SKILLS)] * 6)
    first = await desk(store, catalog)
    for number in (1, 2):
        await store.write(membership.forget, MemberKey("T1", f"U{number}"), NOW)
    assert (await desk(store, catalog)).report == first.report
    assert (await desk(store, catalog, NOW + WEEK)).report is None
