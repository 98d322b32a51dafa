"""The desk: each week of this workspace alone is counted once, and each deed in one week; and *Try again*."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from bot.coach import admins, checks, desk, membership, practice
from bot.core.member import AdminAct, MemberKey, WorkspaceSettings
from bot.core.practice import Answer
from bot.core.team import BLOCKED_BY, DID, LACKS, RIGHT, WRONG, Counts, WeekCounts
from bot.store import Store, figures
from bot.store.schema import snapshot, workspace
from tests.acting import acting
from tests.coach.members import BERLIN, NOW, Life
from tests.coach.teams import Somebody, settle_in
from tests.coach.weekly import BOTH, DAY, HOUR, WEEK

SINCE = NOW - WEEK  # the week before NOW
ENDS = datetime(2026, 11, 23, tzinfo=UTC)  # the week that is counted at NOW
SKILLS = ("token-usage-and-costs", "cost-spikes", "streaming-responses", "fast-and-cheap")
ADMIN = MemberKey("T1", "U7")
BUSY = Somebody(done=["a"])


# What people did in a week, a guest among them, and the counts of it.
PEOPLE = [
    Somebody(done=["a", "b"], lacks=["logs"]),
    Somebody(done=["a"], right=["cost-spikes"]),
    Somebody(blocked=["c"], right=["cost-spikes"], wrong=["fast-and-cheap"]),
    Somebody(done=["a"], lacks=["logs"], met=False),
    Somebody(),
]
DEEDS = {DID: 2, LACKS + "logs": 1, BLOCKED_BY + "no-time": 1, RIGHT + "cost-spikes": 2, WRONG + "fast-and-cheap": 1}
COUNTED = Counts(4, 3, DEEDS)


async def take(store: Store, now: datetime = NOW) -> list[tuple[str, bool]]:
    """Count the weeks that are not counted yet, as the job does. Return of which workspaces, and if any is kept."""
    found = []
    for ending in await store.read(desk.uncounted, now):
        shown = await store.read(desk.count, ending)
        found.append((ending.workspace_id, await store.write(desk.keep_figures, ending, shown)))
    return found


async def weeks(store: Store, now: datetime = NOW) -> tuple[WeekCounts, ...]:
    return (await store.write(acting(desk.read_desk, MemberKey("T1", "U1"), now), AdminAct.DESK_READ)).weeks


def open_at(tx: Connection, **zones: str | None) -> None:
    values = [{"workspace_id": workspace_id, "met_at": NOW, "zone": zone} for workspace_id, zone in zones.items()]
    tx.execute(insert(workspace), values)


@BOTH
async def test_members_are_counted_in_their_own_workspace_and_in_the_week_in_which_they_did_it(store: Store) -> None:
    await store.write(settle_in, PEOPLE)
    await store.write(settle_in, PEOPLE * 2, "T2")
    just_after = NOW + DAY / 86_400
    assert await store.read(figures.count, "T1", SINCE, just_after) == COUNTED
    assert (await store.read(figures.count, "T2", SINCE, just_after)).active == 2 * COUNTED.active
    for since, until, members in ((NOW - 2 * WEEK, NOW, 0), (just_after, NOW + WEEK, COUNTED.members)):
        other_week = await store.read(figures.count, "T1", since, until)
        assert (other_week.members, DID in other_week.did) == (members, False), "neither before nor after"
    assert DID in (await store.read(figures.count, "T1", NOW, just_after)).did, "its first moment is in the week"


async def test_what_is_still_in_use_counts_as_done_and_what_is_taken_back_does_not(nora: Life) -> None:
    lesson = next(iter(nora.catalog.lessons.values()))
    tip, other = lesson.tip.id, lesson.skill.tips[1].id
    asked = (tip, "nudge:U1:2026-W48", tip)
    await nora.does(practice.did, NOW - 4 * WEEK, tip, None)
    steps: list[tuple[Callable[..., object], tuple[object, ...], dict[str, int]]] = [
        (checks.answer_still, (*asked, Answer.AGAIN, None), {DID: 1}),
        (checks.answer_still, (*asked, Answer.UNDONE, None), {}),
        (checks.answer_still, (*asked, Answer.ONCE, None), {}),
        (practice.did, (other, None), {DID: 1}),
        (practice.undo, (other, None), {}),
    ]
    for hours, (use_case, args, counted) in enumerate(steps):
        await nora.does(use_case, NOW + hours * HOUR, *args)
        week = await nora.store.read(figures.count, "T1", NOW, NOW + DAY)
        assert (week.active, week.did) == (1, counted), hours


async def test_a_week_is_taken_once_by_the_workspaces_own_clock_whether_it_has_figures_or_not(store: Store) -> None:
    sunday_in_utc = datetime(2026, 11, 29, 16, tzinfo=UTC)  # Monday, one in the morning in Tokyo
    await store.write(lambda tx: open_at(tx, T1="Asia/Tokyo", T2=None))
    await store.write(settle_in, [BUSY] * 20, "T1", 1, NOW)
    await store.write(settle_in, [BUSY] * 4, "T2", 1, SINCE)
    assert await take(store) == [("T1", False), ("T2", False)]
    await store.write(settle_in, [BUSY] * 20, "T2", 10, SINCE)
    assert await take(store) == [], "enough people or not: a week is counted once"
    assert await take(store, sunday_in_utc) == [("T1", True)]
    assert await take(store, sunday_in_utc) == []
    assert await take(store, NOW - WEEK) == [], "a clock that is set back takes no second figures"
    assert await weeks(store, sunday_in_utc) == (WeekCounts(datetime(2026, 11, 29, 15, tzinfo=UTC), {DID: 10}),)


async def test_a_week_that_another_zone_moves_over_one_that_is_counted_is_left_out(store: Store) -> None:
    await store.write(lambda tx: open_at(tx, T1=None))
    await store.write(settle_in, [BUSY] * 20, "T1", 1, ENDS - HOUR)
    assert await take(store) == [("T1", True)]
    await store.write(lambda tx: tx.execute(update(workspace).values(zone="Asia/Tokyo")))
    assert await take(store, NOW + WEEK) == [], "in Tokyo it began before the last one ended"
    assert await take(store, NOW + 2 * WEEK) == [("T1", False)]


async def test_the_desk_shows_twelve_weeks_and_what_is_shown_stays(store: Store) -> None:
    await store.write(lambda tx: open_at(tx, T1=None))
    for week in range(14):
        await store.write(settle_in, [BUSY] * 20, "T1", 20 * week, SINCE + week * WEEK)
        if week != 5:  # the bot did not run
            await take(store, NOW + week * WEEK)
    last = NOW + 13 * WEEK
    found = await weeks(store, last)
    assert [week.ended_at for week in found] == [ENDS + week * WEEK for week in range(2, 14) if week != 5]
    assert {week.did for week in found} == {15}
    late = {
        now: (await store.read(desk.desk, "T1", now)).is_late for now in (last, last + timedelta(days=5), last + WEEK)
    }
    assert late == {last: False, last + timedelta(days=5): False, last + WEEK: True}, "a week is missing only then"
    for number in range(0, 280, 30):
        await store.write(membership.forget, MemberKey("T1", f"U{number}"), last)
    assert await take(store, last) == []
    assert await weeks(store, last) == found


@BOTH
async def test_two_workers_who_count_a_week_at_once_keep_it_once(store: Store) -> None:
    await store.write(lambda tx: open_at(tx, T1=None))
    (ending,) = await store.read(desk.uncounted, NOW)
    shown = [{DID: 20, **{RIGHT + slug: 10 for slug in SKILLS[:count]}} for count in (1, 4)]
    kept = await asyncio.gather(*(store.write(desk.keep_figures, ending, shown[number % 2]) for number in range(4)))
    assert sorted(kept) == [False, False, False, True]
    assert len(await store.read(lambda tx: tx.execute(select(snapshot)).all())) in {2, 5}


@BOTH
async def test_figures_that_are_switched_off_while_they_are_counted_are_not_kept(store: Store) -> None:
    await store.write(lambda tx: open_at(tx, T1=None))
    await store.write(membership.meet, ADMIN, BERLIN, NOW)
    (ending,) = await store.read(desk.uncounted, NOW)
    for on in (False, True):
        chosen = replace(WorkspaceSettings(), figures=on)
        await store.write(acting(admins.save_settings, ADMIN, NOW), chosen)
        assert not await store.write(desk.keep_figures, ending, {DID: 20})
    assert await weeks(store) == ()
