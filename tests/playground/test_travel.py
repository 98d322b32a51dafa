"""Moving the playground's clock delivers everything that is due on the way, with the real jobs and a real database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot.coach import membership, schedules
from bot.core.calendar import Slot
from bot.core.member import MemberKey
from bot.core.outbox import Delivery, Kind
from bot.playground.demo import travel
from bot.playground.demo.guide import first_steps
from bot.playground.demo.sample import sample
from bot.playground.demo.worker import at_work
from bot.playground.emulator.people import Person, Roster
from bot.slack.payloads import User
from bot.store import open_store, workspaces
from tests.acting import act_of
from tests.driver.generated import generated
from tests.driver.standin import StandIn

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HALF_PAST_NINE = 9 * 60 + 30
WEEK = timedelta(weeks=1)
TUESDAY = Slot(1, HALF_PAST_NINE)


@asynccontextmanager
async def playground(folder: Path, roster: Roster, slots: dict[str, Slot], now: datetime) -> AsyncIterator[StandIn]:
    """Start an emulator at this moment with a worker. The people in `slots` have just opted in."""

    def say_yes(tx: Connection) -> None:
        workspaces.connect(tx, roster.id, now)
        for person in roster.people:
            if person.id in slots:
                who = MemberKey(roster.id, person.id)
                membership.meet(
                    tx, who, User.model_validate(person.as_slack(roster.id, now)).profile_in(roster.id), now
                )
                schedules.accept(act_of(tx, who, now), slots[person.id], None)

    url = f"sqlite:///{folder}/bot.db"
    store = open_store(url)
    await store.migrate()
    await store.write(say_yes)
    await store.close()
    async with StandIn(roster, clock_file=folder / "clock") as slack:
        slack.clock.go_to(now)
        async with slack.travel.following(at_work(slack, url)):
            yield slack
        assert slack.refused == []


def next_weekday(day: int, hour: int) -> datetime:
    """Return the first such day after this week, so that the clock only moves ahead."""
    today = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 + (day - today.weekday()) % 7)


def tips(slack: StandIn) -> list[tuple[str, datetime]]:
    found = []
    for post in slack.posts:
        if post.person is not None and post.text.startswith(("Your tip for this week", "Your step for this week")):
            zone = ZoneInfo(slack.workspace.people[post.person].zone or "UTC")
            found.append((post.person, datetime.fromisoformat(post.at).astimezone(zone)))
    return found


@pytest.mark.parametrize(("today", "hour"), [(3, 15), (5, 6)])
async def test_a_week_ahead_brings_one_tip_for_each_day_that_one_can_choose(
    tmp_path: Path, today: int, hour: int
) -> None:
    roster = generated(7)
    slots = {person.id: Slot(day, HALF_PAST_NINE) for day, person in enumerate(roster.people)}
    now = next_weekday(today, hour)
    async with playground(tmp_path, roster, slots, now) as slack:
        await slack.travel.advance(WEEK)
        assert WEEK <= slack.clock() - now < WEEK + timedelta(minutes=1)
        came = tips(slack)
        await slack.travel.advance(WEEK)
        came_next = tips(slack)[len(came) :]
    for tips_of_week in (came, came_next):
        assert Counter(DAYS[slots[person].weekday] for person, _ in tips_of_week) == dict.fromkeys(DAYS, 1)
        for person, at in tips_of_week:
            assert (at.weekday(), f"{at:%H:%M}") == (slots[person].weekday, "09:30"), DAYS[slots[person].weekday]


async def test_what_happened_is_told_with_those_first_whom_one_can_be(tmp_path: Path) -> None:
    slots = {person.id: Slot(2, HALF_PAST_NINE) for person in sample().people[:12] if person.kind == "member"}
    async with playground(tmp_path, sample(), slots, next_weekday(0, 12)) as slack:
        await slack.travel.advance(timedelta(hours=1))  # the welcomes
        assert await slack.travel.advance(timedelta(hours=1)) == "Nothing was due."
        assert await slack.travel.advance(WEEK) == (
            "Kenji got a tip · Minh got a tip · Asha got a tip · Priya got a tip · and 6 more"
        )
        assert await slack.travel.advance(2 * WEEK) == (
            "Kenji got 2 tips · Minh got 2 tips · Asha got 2 tips · Priya got 2 tips · and 6 more"
        )


async def test_who_is_told_by_direct_message_is_named() -> None:
    """Somebody who was named lead of a team need not be a member."""
    async with StandIn() as slack:
        now, dm = slack.clock(), slack.workspace.dm("U02EMIL")
        told = Delivery("T01", "lead:1", "1", Kind.LEAD, None, dm.id, None, None, None, now, now, 0, None)
        assert travel.what_happened(slack.workspace, [told]) == "Emil got a message to leads"
        assert (await slack.travel.next_event()).startswith("Nobody here knows what the app plans"), "without a worker"


async def test_the_next_event_is_the_next_that_somebody_can_look_at(tmp_path: Path) -> None:
    slots = {"U06WANJIRU": TUESDAY, "U02EMIL": Slot(3, HALF_PAST_NINE)}
    async with playground(tmp_path, sample(), slots, next_weekday(0, 12)) as slack:
        await slack.travel.advance(timedelta(hours=1))  # the welcomes
        assert await slack.travel.next_event() == "Emil got a tip · Wanjiru got a tip"
        moved = slack.clock().astimezone(ZoneInfo("Europe/Berlin"))
        assert (moved.weekday(), f"{moved:%H:%M}") == (3, "09:30")


async def test_a_newcomer_goes_to_their_own_next_event_and_sees_that_the_step_is_done(tmp_path: Path) -> None:
    """Others' tips, which come earlier, do not stop the clock."""
    slots = {"U03ASHA": TUESDAY, "U02EMIL": Slot(3, HALF_PAST_NINE)}
    async with playground(tmp_path, sample(), slots, next_weekday(0, 12)) as slack:
        emil, isla = (slack.workspace.people[person_id] for person_id in ("U02EMIL", "U05ISLA"))
        await slack.travel.advance(timedelta(hours=1))  # the welcomes, which are no tips
        assert await _done(slack, emil) == ["yes"]
        assert await slack.travel.next_event(emil.id) == "Asha got a tip · Emil got a tip"
        assert slack.clock().weekday() == slots[emil.id].weekday
        assert await _done(slack, emil) == ["yes", "tip"]
        assert await first_steps(slack.travel, isla) is None, "a guest is not coached"


async def _done(slack: StandIn, person: Person) -> list[str]:
    found = await first_steps(slack.travel, person)
    assert found is not None
    return [step["id"] for step in found["steps"] if step["done"]]


async def test_without_plans_the_clock_stays_and_says_what_to_do(tmp_path: Path) -> None:
    now = next_weekday(0, 12)
    async with playground(tmp_path, sample(), {"U06WANJIRU": TUESDAY}, now) as slack:
        await slack.travel.advance(timedelta(hours=1))
        assert await slack.travel.next_event() == travel.NOTHING_PLANNED
        assert slack.clock() - now < timedelta(hours=2)


async def test_a_move_that_takes_too_long_stops_on_the_way_and_two_at_once_are_made_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = next_weekday(0, 12)
    async with playground(tmp_path, sample(), {"U02EMIL": TUESDAY}, now) as slack:
        monkeypatch.setattr(travel, "MAX_SECONDS", 0)
        assert await slack.travel.advance(WEEK) == travel.STOPPED
        assert slack.clock() - now < timedelta(days=1), "it must not jump over the tip"
        monkeypatch.undo()
        began = slack.clock()
        assert "Emil got a tip" in (await asyncio.gather(slack.travel.advance(WEEK), slack.travel.advance(WEEK)))[0]
        assert 2 * WEEK <= slack.clock() - began < 2 * WEEK + timedelta(minutes=1)
        assert [person for person, _ in tips(slack)] == ["U02EMIL"] * 2
