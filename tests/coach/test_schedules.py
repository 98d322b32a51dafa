"""Weekly tips come to members who opted in, one a week at their own time, and stop when they opt out."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.coach import learning, membership, schedules
from bot.core.calendar import Slot
from bot.core.member import Consent, MemberKey, Profile
from bot.core.outbox import DeliveryState
from bot.core.outcomes import NotYet
from bot.core.rhythm import Wish
from bot.store.member_schema import schedule
from tests.acting import act_of, acting
from tests.coach.interleaved import interleave
from tests.coach.members import BERLIN, EMIL, NORA
from tests.coach.weekly import BOTH, DAY, HOUR, MONDAY, POSTGRES, TUESDAY, WEEK, Weekly

THURSDAY, FRIDAY = Slot(3, 9 * 60 + 30), Slot(4, 9 * 60 + 30)
NEW_YORK, KOLKATA = Profile("America/New_York", coachable=True), Profile("Asia/Kolkata", coachable=True)
BARRED = Profile("Europe/Berlin", coachable=False)


async def meets(weekly: Weekly, who: MemberKey = NORA, profile: Profile = BERLIN) -> None:
    await weekly.store.write(membership.meet, who, profile, MONDAY)


async def test_nobody_is_contacted_without_a_yes(weekly: Weekly) -> None:
    await meets(weekly)
    await weekly.does(learning.set_role, MONDAY, weekly.catalog.roles["devops-engineer"])  # the question is shown
    await meets(weekly, EMIL)
    await weekly.does(schedules.decline, MONDAY, who=EMIL)
    assert await weekly.lives(MONDAY, MONDAY + 3 * WEEK, DAY) == []


@pytest.mark.parametrize("gone", ["forgot themselves", "was deactivated"])
async def test_a_member_who_left_and_returned_is_asked_again(weekly: Weekly, gone: str) -> None:
    await weekly.joins()
    if gone == "forgot themselves":
        await weekly.store.write(membership.forget, NORA, MONDAY)
    else:
        await weekly.store.write(membership.see_profile, NORA, BARRED, MONDAY)
    assert await weekly.lives(MONDAY, MONDAY + 2 * WEEK, DAY) == []
    await meets(weekly)
    role = weekly.catalog.roles["devops-engineer"]
    assert (await weekly.does(learning.set_role, MONDAY, role)).schedule.consent is Consent.UNASKED


async def test_without_a_zone_from_slack_the_workspaces_zone_counts_and_then_utc(weekly: Weekly) -> None:
    await meets(weekly, profile=Profile(None, coachable=True))
    tips = await weekly.does(schedules.accept, MONDAY, None, None)
    assert tips.schedule.next_due_at == TUESDAY + HOUR  # 09:30 in UTC
    await weekly.opens(zone="Asia/Kolkata")
    await meets(weekly, EMIL, Profile(None, coachable=True))
    assert (await weekly.does(schedules.accept, MONDAY, None, None, who=EMIL)).schedule.zone == "Asia/Kolkata"


@BOTH
async def test_the_time_of_the_opt_in_is_kept_through_later_changes(weekly: Weekly) -> None:
    async def consented_at() -> datetime | None:
        return await weekly.store.read(lambda tx: tx.scalar(select(schedule.c.consented_at)))

    await weekly.joins()
    await weekly.does(schedules.accept, MONDAY + HOUR, THURSDAY, None)
    await weekly.does(schedules.pause, MONDAY + HOUR, MONDAY + WEEK)
    await weekly.does(schedules.resume, MONDAY + HOUR)
    await weekly.store.write(schedules.follow_zone, NORA, "Asia/Tokyo", MONDAY + HOUR)
    assert await consented_at() == MONDAY
    await weekly.does(schedules.decline, MONDAY + DAY)
    await weekly.does(schedules.accept, MONDAY + WEEK, None, None)
    assert await consented_at() == MONDAY + WEEK


async def test_opting_in_twice_does_not_move_a_due_tip(weekly: Weekly) -> None:
    await weekly.joins()
    late = TUESDAY + 2 * HOUR  # no worker ran since
    await weekly.does(schedules.accept, late, None, None)
    await weekly.does(schedules.resume, late)
    assert await weekly.due() == TUESDAY
    assert len(await weekly.ticks(late)) == 1


# Another day, time or zone.


async def test_another_day_after_this_weeks_tip_counts_from_next_week_and_says_so(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.ticks(TUESDAY)
    tips = await weekly.does(schedules.accept, TUESDAY + HOUR, THURSDAY, None)
    assert tips.schedule.next_due_at == TUESDAY + 2 * DAY + WEEK
    assert await weekly.lives(TUESDAY + HOUR, TUESDAY + 6 * DAY, 8 * HOUR) == []


async def test_a_member_who_moves_east_past_the_hour_does_not_lose_a_week(weekly: Weekly) -> None:
    await weekly.joins()
    moved = TUESDAY - timedelta(hours=1)  # 13:00 in Kolkata
    await weekly.store.write(membership.see_profile, NORA, KOLKATA, moved)
    assert len(await weekly.ticks(moved)) == 1
    assert await weekly.due() == TUESDAY + WEEK - timedelta(hours=4, minutes=30)


async def test_a_zone_set_by_hand_does_not_follow_slack(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.does(schedules.set_zone, MONDAY, "Asia/Tokyo")
    await weekly.store.write(membership.see_profile, NORA, NEW_YORK, MONDAY + HOUR)
    tips = await weekly.store.read(acting(schedules.state, NORA))
    assert (tips.schedule.zone, tips.schedule.zone_is_own) == ("Asia/Tokyo", True)
    assert tips.schedule.next_due_at == TUESDAY - 8 * HOUR


# Pause, resume, no.


async def test_another_time_and_a_move_leave_a_pause_as_it_is(weekly: Weekly) -> None:
    await weekly.joins()
    until = MONDAY + 2 * WEEK
    await weekly.does(schedules.pause, MONDAY, until)
    await weekly.does(schedules.accept, MONDAY, THURSDAY, None)
    await weekly.store.write(schedules.follow_zone, NORA, "Asia/Tokyo", MONDAY)
    tips = await weekly.store.read(acting(schedules.state, NORA))
    assert tips.schedule.paused_until == until
    assert tips.schedule.next_due_at == TUESDAY + 2 * DAY + 2 * WEEK - 8 * HOUR


@pytest.mark.parametrize("use_case", [schedules.resume, lambda act: schedules.pause(act, act.now + WEEK)])
async def test_pause_and_resume_are_no_opt_in(weekly: Weekly, use_case: object) -> None:
    await meets(weekly)
    assert not (await weekly.does(use_case, MONDAY)).on  # type: ignore[arg-type]  # either of the two use cases
    assert await weekly.due() is None


@BOTH
@pytest.mark.parametrize("stop", ["decline", "pause"])
async def test_an_opt_out_says_if_a_message_is_already_on_its_way(weekly: Weekly, stop: str) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    claimed = await weekly.claims(TUESDAY)
    await weekly.begins(claimed, TUESDAY)
    if stop == "decline":
        tips = await weekly.does(schedules.decline, TUESDAY)
    else:
        tips = await weekly.does(schedules.pause, TUESDAY, TUESDAY + WEEK)
    assert tips.on_the_way
    await weekly.ends(claimed, NotYet("ratelimited"), TUESDAY)  # so it is not on its way any more
    assert await weekly.sends(TUESDAY + HOUR) == []
    assert [state for _, state, _ in await weekly.rows()] == [DeliveryState.CANCELLED]


@BOTH
@pytest.mark.parametrize("is_claimed", [False, True])
async def test_an_opt_out_cancels_what_has_not_begun_also_after_the_claim(weekly: Weekly, *, is_claimed: bool) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    claimed = await weekly.claims(TUESDAY) if is_claimed else []
    assert not (await weekly.does(schedules.decline, TUESDAY)).on_the_way
    assert await weekly.rows() == [("2026-W48", DeliveryState.CANCELLED, "tips off")]
    assert await weekly.begins(claimed, TUESDAY) == []
    assert await weekly.sends(TUESDAY) == []


CHANGES: dict[str, Callable[[Connection], object]] = {
    "a move": lambda tx: membership.see_profile(tx, NORA, NEW_YORK, MONDAY),
    "another rhythm": lambda tx: schedules.choose_rhythm(act_of(tx, NORA, MONDAY), Wish.SECOND),
    "a pause": lambda tx: schedules.pause(act_of(tx, NORA, MONDAY), MONDAY + WEEK),
    "another zone": lambda tx: schedules.set_zone(act_of(tx, NORA, MONDAY), "Asia/Tokyo"),
}


@POSTGRES
@pytest.mark.parametrize("said_yes", [True, False])
@pytest.mark.parametrize("change", CHANGES)
async def test_no_concurrent_change_undoes_an_opt_out(
    weekly: Weekly, migrated_postgres: str, change: str, *, said_yes: bool
) -> None:
    await (weekly.joins() if said_yes else meets(weekly))
    await interleave(migrated_postgres, lambda tx: schedules.decline(act_of(tx, NORA, MONDAY)), CHANGES[change])
    left = (await weekly.store.read(acting(schedules.state, NORA))).schedule
    assert (left.consent, left.next_due_at) == (Consent.NO, None)
