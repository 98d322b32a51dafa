"""Each cause for which a member got no tip this week."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.coach import membership, schedules
from bot.core.outcomes import NotYet, Refused, Touches, Unknown
from bot.core.rhythm import Wish
from bot.core.why import Cause
from bot.outbox import sending
from bot.store import workspaces
from tests.coach.members import BERLIN, GUEST, NORA
from tests.coach.weekly import BOTH, DAY, FAST, HOUR, MONDAY, TUESDAY, WEEK, Weekly

RUNNING = Path(__file__).parents[2] / ".github" / "RUNNING.md"


async def joins_late(weekly: Weekly) -> None:
    await weekly.joins(at=TUESDAY + HOUR)


async def is_a_guest(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.store.write(membership.see_profile, NORA, GUEST, MONDAY)


async def is_met(weekly: Weekly) -> None:
    await weekly.store.write(membership.meet, NORA, BERLIN, MONDAY)


async def is_disconnected(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.store.write(workspaces.disconnect, "T1", "token_revoked", MONDAY)


async def pauses(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.does(schedules.pause, MONDAY, MONDAY + 2 * WEEK)


async def says_no_and_yes(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    await weekly.does(schedules.decline, TUESDAY)
    await weekly.does(schedules.accept, TUESDAY, None, None)


async def slack_limits(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)
    await weekly.store.write(workspaces.pause, "T1", 60.0)


async def is_planned_at_night(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY + 14 * HOUR)


async def every_second_week(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.does(schedules.choose_rhythm, MONDAY, Wish.SECOND)
    await weekly.ticks(TUESDAY)
    await weekly.ticks(TUESDAY + WEEK)


async def nothing_sends(weekly: Weekly) -> None:
    await weekly.joins()
    await weekly.plans(TUESDAY)


async def nothing_sent_all_week(weekly: Weekly) -> None:
    await nothing_sends(weekly)
    await weekly.store.write(sending.expire, FAST, TUESDAY + 4 * DAY)


async def nobody(_weekly: Weekly) -> None:
    """Do nothing: nobody is there."""


async def joins(weekly: Weekly) -> None:
    await weekly.joins()


def slack_says(outcome: NotYet | Refused | Unknown | None) -> Callable[[Weekly], Awaitable[None]]:
    async def ticks(weekly: Weekly) -> None:
        await weekly.joins()
        await weekly.ticks(TUESDAY, outcome)

    return ticks


REFUSED = Refused("channel_not_found", Touches.CHANNEL)
SITUATIONS: dict[str, tuple[Cause, Callable[[Weekly], Awaitable[None]], datetime]] = {
    "unknown": (Cause.NOT_MET, nobody, TUESDAY),
    "guest": (Cause.LEFT, is_a_guest, TUESDAY),
    "no yes": (Cause.NO_YES, is_met, TUESDAY),
    "sent": (Cause.CAME, slack_says(None), TUESDAY),
    "disconnected": (Cause.DISCONNECTED, is_disconnected, TUESDAY + HOUR),
    "paused": (Cause.PAUSED, pauses, TUESDAY + HOUR),
    "refused": (Cause.REFUSED, slack_says(REFUSED), TUESDAY),
    "no direct messages": (Cause.REFUSED, slack_says(Refused("cannot_dm", Touches.MEMBER)), TUESDAY),
    "in doubt": (Cause.IN_DOUBT, slack_says(Unknown("timeout")), TUESDAY),
    "failing": (Cause.FAILING, slack_says(NotYet("internal_error")), TUESDAY),
    "cancelled": (Cause.CANCELLED, says_no_and_yes, TUESDAY + HOUR),
    "limited": (Cause.LIMITED, slack_limits, TUESDAY),
    "night": (Cause.QUIET, is_planned_at_night, TUESDAY + 15 * HOUR),
    "not planned": (Cause.NOT_RUN, joins, TUESDAY + HOUR),
    "not sent": (Cause.NOT_RUN, nothing_sends, TUESDAY + HOUR),
    "not sent all week": (Cause.NOT_RUN, nothing_sent_all_week, TUESDAY + 4 * DAY),
    "later": (Cause.TO_COME, joins, MONDAY),
    "on its way": (Cause.TO_COME, nothing_sends, TUESDAY),
    "rhythm": (Cause.RHYTHM, every_second_week, TUESDAY + WEEK),
    "after the slot": (Cause.AFTER_SLOT, joins_late, TUESDAY + 2 * HOUR),
}


@pytest.mark.parametrize(("cause", "happens", "now"), SITUATIONS.values(), ids=SITUATIONS)
async def test_the_cause_is_named(
    weekly: Weekly, cause: Cause, happens: Callable[[Weekly], Awaitable[None]], now: datetime
) -> None:
    await happens(weekly)
    assert (await weekly.store.read(schedules.why, NORA, now)).cause is cause


def test_every_cause_has_a_situation_and_a_cure() -> None:
    assert {cause for cause, _, _ in SITUATIONS.values()} == set(Cause)
    assert [cause for cause in Cause if f"| {cause} |" not in RUNNING.read_text()] == []


@BOTH
async def test_a_message_of_seven_weeks_ago_is_not_printed(weekly: Weekly) -> None:
    await weekly.joins()
    case = await weekly.store.read(schedules.why, NORA, MONDAY + 7 * WEEK)
    assert case.past == []
