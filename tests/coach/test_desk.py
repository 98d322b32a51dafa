"""The desk: one report a week, of this workspace alone, with k-anonymity (k = 5)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.coach import desk, membership, schedules
from bot.core.catalog import Catalog
from bot.core.errors import NotMet
from bot.core.member import Act, MemberKey
from bot.core.outbox import DeliveryState
from bot.core.outcomes import CannotLook, Refused, Touches, Unknown
from bot.core.team import ASKED, BLOCKED_BY, DID, KNOWS, LACKS, MEMBERS, RIGHT, SAID_YES, WHOLE, Ended, Group
from bot.outbox import deliveries, leases, sending
from bot.store import Store, admins, figures
from bot.store.member_schema import delivery
from bot.store.schema import snapshot, workspace
from tests.coach.interleaved import interleave
from tests.coach.members import BERLIN, EMIL, NAMESAKE, NORA, NOW
from tests.coach.teams import Somebody, settle_in
from tests.coach.weekly import DAY, FAST, HOUR, POSTGRES, TOKEN, TUESDAY, WEEK, Weekly
from tests.store.rows import know

SINCE = NOW - WEEK  # the week before NOW
SKILLS = ("token-usage-and-costs", "cost-spikes", "streaming-responses", "fast-and-cheap")
TIPS = ("a", "b", "c", "d")
ADMIN = MemberKey("T1", "U7")
REFUSAL = Refused("messages_tab_disabled", Touches.OPERATOR)
FRIDAY_EVENING = TUESDAY + 3 * DAY + 12 * HOUR  # the last decent hour of the week is over


def anybody(chance: random.Random) -> Somebody:
    some = [slug for slug in SKILLS if chance.random() < 0.5]
    tips = [tip for tip in TIPS if chance.random() < 0.4]
    return Somebody(
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


def counted(people: list[Somebody]) -> Group:
    """Return the counts that the database must find, counted in Python."""
    met = [person for person in people if person.met]
    names = [
        *(KNOWS + slug for person in met for slug in person.learned),
        *(LACKS + need for person in met for need in person.lacks),
        *(ASKED + slug for person in met for slug in (*person.right, *person.wrong)),
        *(RIGHT + slug for person in met for slug in person.right),
        *(BLOCKED_BY + "no-time" for person in met if person.blocked),
        *(DID for person in met if person.done),
    ]
    return Group(len(met), {SAID_YES: sum(person.weekly for person in met), **Counter(names)})


async def take(store: Store, now: datetime = NOW) -> list[tuple[str, bool]]:
    """Take the figures that are missing, as the job does."""
    found = []
    for workspace_id, week, since, until in await store.read(desk.without_figures, now):
        shown = await store.read(desk.count, workspace_id, since, until)
        found.append((workspace_id, await store.write(desk.keep_figures, workspace_id, week, shown, now)))
    return found


async def reads(store: Store, catalog: Catalog, now: datetime = NOW) -> desk.Desk:
    return await store.write(desk.read_desk, catalog, MemberKey("T1", "U1"), Act.DESK_READ, now)


def open_at(tx: Connection, **zones: str | None) -> None:
    values = [{"workspace_id": workspace_id, "met_at": NOW, "zone": zone} for workspace_id, zone in zones.items()]
    tx.execute(insert(workspace), values)


async def test_members_are_counted_in_their_own_workspace(store: Store) -> None:
    chance = random.Random(11)  # noqa: S311 - a seed must replay
    here, there = ([anybody(chance) for _ in range(size)] for size in (40, 25))
    await store.write(settle_in, here)
    await store.write(settle_in, there, "T2")
    assert await store.read(figures.groups, "T1", SINCE, NOW) == {WHOLE: counted(here)}
    assert await store.read(figures.groups, "T2", SINCE, NOW) == {WHOLE: counted(there)}
    later = await store.read(figures.groups, "T1", NOW + DAY, NOW + 8 * DAY)
    assert DID not in later[WHOLE].counts, "another week"


async def test_a_snapshot_is_taken_once_a_week_by_the_workspaces_own_clock(store: Store, catalog: Catalog) -> None:
    sunday_in_utc = datetime(2026, 11, 29, 16, tzinfo=UTC)  # Monday, one in the morning in Tokyo
    await store.write(partial(open_at, T1="Asia/Tokyo", T2=None))
    for workspace_id in ("T1", "T2"):
        await store.write(settle_in, [Somebody()] * 5, workspace_id)
    assert await take(store) == [("T1", True), ("T2", True)]
    assert await take(store, sunday_in_utc) == [("T1", True)]
    assert await take(store, sunday_in_utc) == []
    assert await take(store) == []  # a clock that is set back takes no second snapshot
    found = await reads(store, catalog, sunday_in_utc)
    assert (found.taken_at, found.next_at) == (sunday_in_utc, datetime(2026, 12, 6, 15, tzinfo=UTC))


async def test_the_desk_shows_the_last_snapshot_and_twelve_weeks(store: Store, catalog: Catalog) -> None:
    await store.write(partial(open_at, T1=None, T2=None))
    assert (await reads(store, catalog)).report is None
    await store.write(settle_in, [Somebody()] * 4 + [Somebody(met=False)] * 9)
    assert await take(store) == [("T1", False), ("T2", False)]
    await store.write(settle_in, [Somebody()] * 20, "T1", 20)
    for week in range(13):
        if week != 5:  # the bot did not run
            await take(store, NOW + week * WEEK)
    busy = Somebody(done=["a", "b"], learned=SKILLS[:1])
    await store.write(settle_in, [busy] * 6, "T1", 50, NOW + 12 * WEEK)
    await store.write(settle_in, [busy] * 9, "T2", 50, NOW + 12 * WEEK)
    before = await reads(store, catalog, NOW + 12 * WEEK)
    assert before.report is not None
    assert before.report.members == 25
    await take(store, NOW + 13 * WEEK)
    found = await reads(store, catalog, NOW + 13 * WEEK)
    expected = [(NOW + week * WEEK, None) for week in range(2, 13) if week != 5]
    assert list(found.weeks) == [*expected, (NOW + 13 * WEEK, 5)]
    assert found.report is not None
    assert [(each.skill.slug, each.by) for each in found.report.known] == [(SKILLS[0], 5)]
    await store.write(membership.forget, MemberKey("T1", "U50"), NOW + 13 * WEEK)
    assert (await reads(store, catalog, NOW + 13 * WEEK)).report == found.report, "it stays the same all week"


async def test_two_workers_who_take_figures_at_once_keep_one_snapshot(store: Store) -> None:
    shown = [{WHOLE: {MEMBERS: 20, **{KNOWS + slug: 10 for slug in SKILLS[:count]}}} for count in (1, 4)]
    await asyncio.gather(
        *(store.write(desk.keep_figures, "T1", "2026-W48", shown[number % 2], NOW) for number in range(4))
    )
    assert len(await store.read(lambda tx: tx.execute(select(snapshot)).all())) in {2, 5}


def losses(tx: Connection, state: DeliveryState, reason: str | None, first: int, count: int, **more: object) -> None:
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


async def test_undelivered_nudges_are_shown_by_reason_if_five_members_share_it(store: Store) -> None:
    await store.write(settle_in, [Somebody()] * 20, "T1", 100)
    await store.write(partial(open_at, T1=None))
    await take(store)
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
    found = await store.read(desk.gaps, MemberKey("T1", "U1"), NOW)
    assert found.undelivered == (
        Ended(DeliveryState.MISSED, None, 5),
        Ended(DeliveryState.REFUSED, "messages_tab_disabled", 15),
    )


# *Try again*: a refused tip comes once to members who still opt in; an unconfirmed one is not repeated.


@pytest.fixture
async def weekly(weekly: Weekly) -> Weekly:
    await weekly.store.write(membership.meet, ADMIN, BERLIN, TUESDAY)
    return weekly


async def refused(weekly: Weekly, *who: MemberKey) -> None:
    for member in who or (NORA,):
        await weekly.joins(member)
    await weekly.plans(TUESDAY)
    await weekly.sends(TUESDAY, REFUSAL)


async def tries_again(weekly: Weekly, at: datetime = TUESDAY + HOUR) -> int | None:
    return await weekly.store.write(desk.try_again, ADMIN, at)


async def state_of(weekly: Weekly) -> list[DeliveryState]:
    return [state for _, state, _ in await weekly.rows()]


async def test_a_refused_tip_that_is_tried_again_comes_once(weekly: Weekly) -> None:
    await refused(weekly)
    assert await weekly.ticks(TUESDAY + HOUR) == []
    await tries_again(weekly)
    assert await weekly.rows() == [("2026-W48", DeliveryState.PLANNED, None)]
    assert len(await weekly.ticks(TUESDAY + HOUR)) == 1
    await tries_again(weekly)
    assert await weekly.lives(TUESDAY + 2 * HOUR, FRIDAY_EVENING, 6 * HOUR) == []
    assert await state_of(weekly) == [DeliveryState.SENT]


@pytest.mark.parametrize("at", [FRIDAY_EVENING, TUESDAY + WEEK])
async def test_nothing_is_tried_again_once_the_week_is_over(weekly: Weekly, at: datetime) -> None:
    await refused(weekly)
    await tries_again(weekly, at)
    assert await state_of(weekly) == [DeliveryState.REFUSED]


async def test_a_member_who_opted_out_or_paused_is_not_tried_again(weekly: Weekly) -> None:
    await refused(weekly, NORA, EMIL)
    await weekly.does(schedules.decline, TUESDAY)
    await weekly.does(schedules.pause, TUESDAY + WEEK, TUESDAY, who=EMIL)
    await tries_again(weekly)
    assert await state_of(weekly) == [DeliveryState.REFUSED, DeliveryState.REFUSED]


async def test_an_unconfirmed_post_is_not_tried_again(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    await weekly.sends(TUESDAY, Unknown("timeout"))
    await tries_again(weekly)
    assert await state_of(weekly) == [DeliveryState.UNCONFIRMED]
    (doubtful,) = await weekly.store.write(leases.take_unsettled, "settler", 0.0, 5)
    await weekly.store.write(sending.settle, weekly.messages, "settler", doubtful, CannotLook("missing_scope"), TUESDAY)
    await tries_again(weekly)
    assert await weekly.ticks(TUESDAY + HOUR) == []
    assert await state_of(weekly) == [DeliveryState.UNCONFIRMED]


async def test_only_nudges_of_this_workspace_are_tried_again(weekly: Weekly) -> None:
    await weekly.opens("T2")
    await refused(weekly, NORA, NAMESAKE)
    await weekly.store.write(turned_into_a_reminder, NORA)
    await tries_again(weekly)
    states = await weekly.store.read(lambda tx: set(tx.scalars(select(delivery.c.state))))
    assert DeliveryState.PLANNED not in states


def turned_into_a_reminder(tx: Connection, who: MemberKey) -> None:
    this = (delivery.c.workspace_id == who.workspace_id, delivery.c.kind == "nudge")
    tx.execute(update(delivery).where(*this).values(kind="reminder"))


async def test_the_number_of_second_tries_is_shown_from_five_on(weekly: Weekly) -> None:
    await refused(weekly, *(MemberKey("T1", f"U9{number}") for number in range(8)))
    assert await tries_again(weekly) == 10
    assert await tries_again(weekly) is None
    assert len(await weekly.ticks(TUESDAY + HOUR)) == 8


async def test_a_forgotten_admin_tries_nothing_again(weekly: Weekly) -> None:
    await refused(weekly)
    await weekly.store.write(membership.forget, ADMIN, TUESDAY)
    with pytest.raises(NotMet):
        await tries_again(weekly)
    assert await state_of(weekly) == [DeliveryState.REFUSED]
    assert await weekly.store.read(admins.acts, "T1", "", 1) == []


@POSTGRES
@pytest.mark.parametrize("is_first", [True, False], ids=["the pause", "the try"])
async def test_a_concurrent_pause_wins_in_either_order(
    weekly: Weekly, migrated_postgres: str, *, is_first: bool
) -> None:
    await refused(weekly)
    acts: list[Callable[[Connection], object]] = [
        lambda tx: schedules.pause(tx, NORA, TUESDAY + WEEK, TUESDAY),
        lambda tx: desk.try_again(tx, ADMIN, TUESDAY + HOUR),
    ]
    await interleave(migrated_postgres, *(acts if is_first else reversed(acts)))
    assert set(await state_of(weekly)) <= {DeliveryState.REFUSED, DeliveryState.CANCELLED}
    assert await weekly.ticks(TUESDAY + HOUR) == []


@POSTGRES
async def test_a_second_try_at_once_leaves_alone_a_tip_that_has_begun(weekly: Weekly, migrated_postgres: str) -> None:
    at = TUESDAY + HOUR
    await refused(weekly)

    def begins(tx: Connection) -> int:
        planned = deliveries.retry_weekly(tx, "T1", at)
        claimed = sending.claim(tx, weekly.messages, FAST, TOKEN, at)
        sending.begin(tx, weekly.messages, TOKEN, claimed, at, lambda each: each)
        return planned

    assert await interleave(migrated_postgres, begins, lambda tx: deliveries.retry_weekly(tx, "T1", at)) == (1, 0)
    assert await state_of(weekly) == [DeliveryState.SENDING]
