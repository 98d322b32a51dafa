"""A member's portfolio: what they did, what came out, what they learned, kept and showed, to paste into a review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.catalog import Catalog
from bot.core.practice import History, Practised

MAX_EVIDENCE = 200  # characters


@dataclass(frozen=True, slots=True)
class Showing:
    """A skill that a member showed in a channel. `seen_at`: when a colleague confirmed it. Nobody keeps who did."""

    showing_id: str
    member_id: str
    skill: str
    asked_at: datetime
    seen_at: datetime | None = None
    evidence: str = ""  # in the member's words


@dataclass(frozen=True, slots=True)
class TipDone:
    """A tip that was done, and used again. The title and the skill are None for a tip that is no longer taught."""

    at: datetime
    title: str | None
    skill: str | None
    line: str | None
    again: tuple[datetime, ...] = ()


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
    """All of a member's record, each list with the latest first. `today` is the day of the request."""

    today: datetime
    zone: str | None
    done: tuple[TipDone, ...] = ()
    learned: tuple[SkillReached, ...] = ()
    kept: tuple[SkillReached, ...] = ()
    shown: tuple[SkillReached, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.done or self.learned or self.kept or self.shown)


def record_of(
    catalog: Catalog,
    history: History,
    learned: Mapping[str, datetime],
    showings: Sequence[Showing],
    zone: str | None,
    now: datetime,
) -> Record:
    kept = {slug: history.kept_at(catalog.skills[slug]) for slug in learned if slug in catalog.skills}
    done = [_tip_done(catalog, each, history.uses.again(each.tip)) for each in history.done]

    def reached(*rows: tuple[str, datetime | None, datetime | None]) -> tuple[SkillReached, ...]:
        found = [
            SkillReached(at, catalog.skills[slug].name if slug in catalog.skills else None, confirmed_at)
            for slug, at, confirmed_at in rows
            if at is not None
        ]
        return tuple(sorted(found, key=lambda each: each.at, reverse=True))

    return Record(
        today=now,
        zone=zone,
        done=tuple(reversed(done)),
        learned=reached(*((slug, at, None) for slug, at in learned.items())),
        kept=reached(*((slug, at, None) for slug, at in kept.items())),
        shown=reached(*((each.skill, each.asked_at, each.seen_at) for each in showings)),
    )


def _tip_done(catalog: Catalog, done: Practised, again: tuple[datetime, ...]) -> TipDone:
    lesson = catalog.lessons.get(done.tip)
    title, skill = (lesson.tip.title, lesson.skill.name) if lesson else (None, None)
    return TipDone(done.at, title, skill, done.line, again)
