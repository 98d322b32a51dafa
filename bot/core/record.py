"""The record of a member: what they did, learned, kept and showed in a period, for them to paste into a review."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.errors import NextStep, UserError, quoted
from bot.core.practice import History

ALL, MONTH, QUARTER = "all", "month", "quarter"
MONTHS_OF_QUARTER = 3
PERIODS = (
    NextStep("All", "record", ALL),
    NextStep("This quarter", "record", QUARTER),
    NextStep("This month", "record", MONTH),
)


@dataclass(frozen=True, slots=True)
class Showing:
    """A skill that a member showed in a channel. `seen_at`: when a colleague confirmed it. Nobody keeps who did."""

    showing_id: str
    member_id: str
    skill: str
    asked_at: datetime
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the member's calendar. `words` are what is typed for it, `first` and `end` (excluded) its bounds."""

    words: str
    first: date = date.min
    end: date = date.max

    def has(self, at: datetime, zone: str | None) -> bool:
        """Return whether a moment is in the period, for a member in this zone."""
        return self.first <= at.astimezone(zone_of(zone)).date() < self.end


@dataclass(frozen=True, slots=True)
class TipDone:
    """A tip that was done. The title and the skill are None for a tip that is no longer taught."""

    at: datetime
    title: str | None
    skill: str | None
    line: str | None


@dataclass(frozen=True, slots=True)
class SkillReached:
    """A skill that was learned, kept or shown. The name is None for a skill that is no longer taught.

    `confirmed_at`: when a colleague confirmed that they saw it.
    """

    at: datetime
    name: str | None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """All of a member's record in a period, each list with the latest first. `today` is the day of the request."""

    period: Period
    today: datetime
    zone: str | None
    done: tuple[TipDone, ...] = ()
    learned: tuple[SkillReached, ...] = ()
    kept: tuple[SkillReached, ...] = ()
    shown: tuple[SkillReached, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.done or self.learned or self.kept or self.shown)


def read_period(words: str, now: datetime, zone: str | None) -> Period:
    """Read `month`, `quarter`, a year or `all`; no word means all, so that nothing is missing. Raise UserError."""
    today, wanted = now.astimezone(zone_of(zone)).date(), words.casefold().removeprefix("this ").strip()
    if wanted in {"", ALL, "everything"}:
        return Period(ALL)
    if wanted == MONTH:
        return _months(MONTH, today.year, today.month, 1)
    if wanted == QUARTER:
        first = today.month - (today.month - 1) % MONTHS_OF_QUARTER
        return _months(QUARTER, today.year, first, MONTHS_OF_QUARTER)
    if wanted == "year":
        wanted = str(today.year)
    if re.fullmatch("20[0-9]{2}", wanted):
        return _months(wanted, int(wanted), 1, 12)
    said = f"I know the periods `month`, `quarter`, a year such as `{today.year}`, and `all`, not {quoted(words)}."
    raise UserError(said, *PERIODS)


def record_of(
    catalog: Catalog,
    period: Period,
    history: History,
    learned: Mapping[str, datetime],
    showings: Sequence[Showing],
    zone: str | None,
    now: datetime,
) -> Record:
    """Return what a member did, learned, kept and showed in a period. `learned`: when each skill was marked."""
    kept = {slug: history.checked.kept_at(slug) for slug in learned}
    done = [_tip_done(catalog, each.tip, each.at, each.line) for each in history.done if period.has(each.at, zone)]

    def reached(*rows: tuple[str, datetime | None, datetime | None]) -> tuple[SkillReached, ...]:
        found = [
            SkillReached(at, catalog.skills[slug].name if slug in catalog.skills else None, confirmed_at)
            for slug, at, confirmed_at in rows
            if at is not None and period.has(at, zone)
        ]
        return tuple(sorted(found, key=lambda each: each.at, reverse=True))

    return Record(
        period=period,
        today=now,
        zone=zone,
        done=tuple(reversed(done)),
        learned=reached(*((slug, at, None) for slug, at in learned.items())),
        kept=reached(*((slug, at, None) for slug, at in kept.items())),
        shown=reached(*((each.skill, each.asked_at, each.seen_at) for each in showings)),
    )


def _months(words: str, year: int, month: int, count: int) -> Period:
    after = month - 1 + count
    return Period(words, date(year, month, 1), date(year + after // 12, after % 12 + 1, 1))


def _tip_done(catalog: Catalog, tip: str, at: datetime, line: str | None) -> TipDone:
    lesson = catalog.lessons.get(tip)
    return TipDone(at, lesson.tip.title, lesson.skill.name, line) if lesson else TipDone(at, None, None, line)
