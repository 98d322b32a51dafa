"""Records of members who are made up."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from bot.core.calendar import DEFAULT_SLOT
from bot.core.content_types import Level, Role
from bot.core.member import Consent, Member, Schedule
from bot.core.practice import Asked, Checked, Plan, Practised, Step, Use, Uses, last_steps
from bot.core.record import MADE_UP, Given, Record

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SAID_NO = Schedule(Consent.NO, DEFAULT_SLOT, None)  # to weekly tips
SAID_YES = Schedule(Consent.YES, DEFAULT_SLOT, None)


def record_of(
    role: Role | None = None,
    *,
    level: Level | None = Level.NEW,
    zone: str | None = None,
    learned: Collection[str] | Mapping[str, datetime] = (),
    given: Mapping[str, int] | None = None,
    steps: Iterable[Practised] = (),
    asked: Iterable[Asked] = (),
    plans: Iterable[Plan] = (),
    uses: Iterable[Use] = (),
    has: Iterable[str] = (),
    lacks: Iterable[str] = (),
    not_my_work: Iterable[str] = (),
    withheld: Collection[str] = (),
    schedule: Schedule | None = SAID_NO,
) -> Record:
    """Return the record of somebody who said no to weekly tips, or has this `schedule`.

    `given`: how often each tip was, the latest last.
    """
    tips = {tip: times for tip, times in (given or {}).items() if times}
    refused = (Practised(tip, Step.NOT_MY_WORK, BEGAN) for tip in not_my_work)
    return Record(
        Member(MADE_UP, role.slug if role else None, zone, level),
        withheld=withheld,
        schedule=schedule,
        learned_at=learned if isinstance(learned, Mapping) else dict.fromkeys(learned, BEGAN),
        steps=last_steps([*steps, *refused]),
        checked=Checked.of(asked),
        plans={plan.tip: plan for plan in plans},
        uses=Uses.of(uses),
        given={tip: Given(times, BEGAN + number * DAY) for number, (tip, times) in enumerate(tips.items())},
        needs={**dict.fromkeys(lacks, False), **dict.fromkeys(has, True)},
    )
