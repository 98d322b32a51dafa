"""Each cause for which a member got no tip this week."""

from collections.abc import Awaitable, Callable, Sequence
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
from tests.coach.weekly import DAY, FAST, HOUR, MONDAY, TUESDAY, WEEK, Weekly

RUNNING = Path(__file__).parents[2] / ".github" / "RUNNING.md"


Step = Callable[[Weekly], Awaitable[object]]
JOINS: Step = Weekly.joins
PLANS: Step = lambda weekly: weekly.plans(TUESDAY)  # noqa: E731 - a step, as those below
DECLINES: Step = lambda weekly: weekly.does(schedules.decline, TUESDAY)  # noqa: E731


def slack_says(outcome: NotYet | Refused | Unknown | None) -> Step:
    return lambda weekly: weekly.ticks(TUESDAY, outcome)


REFUSED, CANNOT_DM = Refused("channel_not_found", Touches.CHANNEL), Refused("cannot_dm", Touches.MEMBER)
DISCONNECTS: Step = lambda weekly: weekly.store.write(workspaces.disconnect, "T1", "token_revoked", MONDAY)  # noqa: E731
EXPIRES: Step = lambda weekly: weekly.store.write(sending.expire, FAST, TUESDAY + 4 * DAY)  # noqa: E731
SITUATIONS: dict[str, tuple[Cause, datetime, Sequence[Step]]] = {
    "unknown": (Cause.NOT_MET, TUESDAY, []),
    "guest": (Cause.LEFT, TUESDAY, [JOINS, lambda on: on.store.write(membership.see_profile, NORA, GUEST, MONDAY)]),
    "no yes": (Cause.NO_YES, TUESDAY, [lambda on: on.store.write(membership.meet, NORA, BERLIN, MONDAY)]),
    "sent": (Cause.CAME, TUESDAY, [JOINS, slack_says(None)]),
    "disconnected": (Cause.DISCONNECTED, TUESDAY + HOUR, [JOINS, DISCONNECTS]),
    "paused": (Cause.PAUSED, TUESDAY + HOUR, [JOINS, lambda on: on.does(schedules.pause, MONDAY, MONDAY + 2 * WEEK)]),
    "refused": (Cause.REFUSED, TUESDAY, [JOINS, slack_says(REFUSED)]),
    "no direct messages": (Cause.REFUSED, TUESDAY, [JOINS, slack_says(CANNOT_DM)]),
    "in doubt": (Cause.IN_DOUBT, TUESDAY, [JOINS, slack_says(Unknown("timeout"))]),
    "failing": (Cause.FAILING, TUESDAY, [JOINS, slack_says(NotYet("internal_error"))]),
    "cancelled": (
        Cause.CANCELLED, TUESDAY + HOUR,
        [JOINS, PLANS, DECLINES, lambda on: on.does(schedules.accept, TUESDAY, None, None)],
    ),
    "limited": (Cause.LIMITED, TUESDAY, [JOINS, PLANS, lambda on: on.store.write(workspaces.pause, "T1", 60.0)]),
    "night": (Cause.QUIET, TUESDAY + 15 * HOUR, [JOINS, lambda on: on.plans(TUESDAY + 14 * HOUR)]),
    "not planned": (Cause.NOT_RUN, TUESDAY + HOUR, [JOINS]),
    "not sent": (Cause.NOT_RUN, TUESDAY + HOUR, [JOINS, PLANS]),
    "not sent all week": (Cause.NOT_RUN, TUESDAY + 4 * DAY, [JOINS, PLANS, EXPIRES]),
    "later": (Cause.TO_COME, MONDAY, [JOINS]),
    "on its way": (Cause.TO_COME, TUESDAY, [JOINS, PLANS]),
    "rhythm": (
        Cause.RHYTHM, TUESDAY + WEEK,
        [JOINS, lambda on: on.does(schedules.choose_rhythm, MONDAY, Wish.SECOND), slack_says(None),
         lambda on: on.ticks(TUESDAY + WEEK)],
    ),
    "after the slot": (Cause.AFTER_SLOT, TUESDAY + 2 * HOUR, [lambda on: on.joins(at=TUESDAY + HOUR)]),
}  # fmt: skip


@pytest.mark.parametrize(("cause", "now", "steps"), SITUATIONS.values(), ids=SITUATIONS)
async def test_the_cause_is_named(weekly: Weekly, cause: Cause, now: datetime, steps: Sequence[Step]) -> None:
    for step in steps:
        await step(weekly)
    assert (await weekly.store.read(schedules.why, NORA, now)).cause is cause


def test_every_cause_has_a_situation_and_a_cure() -> None:
    assert {cause for cause, _, _ in SITUATIONS.values()} == set(Cause)
    assert [cause for cause in Cause if f"| {cause} |" not in RUNNING.read_text()] == []
