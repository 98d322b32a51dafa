"""What the buttons of a tip carry, so that its message can be drawn again in place."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, Self, TypeVar

from bot.core.member import MemberKey
from bot.core.next_tip import Reason
from bot.core.outbox import nudge_key, reminder_key

T = TypeVar("T")

Choice = tuple[str, str, str]  # a button or an entry of a menu: its label, its action and its words

_CODES = {Reason.PROJECT: "step", Reason.ASKED: "asked", Reason.SINGLE: "single"}
_BEFORE = ("first", "path", "check", "theme", "beyond", "again", "job", "norole")  # why a tip came until release 1.0.0
_REASONS = {code: reason for reason, code in _CODES.items()} | dict.fromkeys(_BEFORE, Reason.SINGLE)
MAX_WEEKS = 999  # that a message tells
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_CHECK = re.compile(rf"({_SLUG})(?:\.(\d{{0,3}})\.([0-9a-f]{{4}}))?")
_TURN = r"(?:\.[ml]\d)?"  # the line at the end of a tip, until release 1.0.0
_ASKS = rf"[a-z0-9.-]*|~{_SLUG}|!{_SLUG}|~"  # nothing or a check; `still` of a tip; what 1.0.0 asked of teams; rhythm
_SECOND = "a"  # the origin of the second tip in a week, until release 1.0.0
_VALUE = re.compile(rf"({_SLUG})/([a-z]+){_TURN}(\.s)?/([wanpr])(\d{{4}}-W\d{{2}}|[0-9a-f]{{16}})?/({_ASKS})")


class Origin(StrEnum):
    WEEKLY = "w"
    REMINDER = "r"
    NOW = "n"  # the answer to `tip`
    PLANS = "p"  # the list of what the member planned


class CheckRef(NamedTuple):
    """A check in a message: its version, and how many weeks ago its skill was learned when it was asked.

    `weeks` is None for a skill that was not learned. `version` is empty where an older message does not name it.
    """

    id: str
    version: str = ""
    weeks: int | None = None

    @property
    def value(self) -> str:
        weeks = "" if self.weeks is None else min(self.weeks, MAX_WEEKS)
        return f"{self.id}.{weeks}.{self.version}" if self.version else self.id

    @classmethod
    def parse(cls, value: str) -> Self:
        found = _CHECK.fullmatch(value)
        if found is None:
            raise ValueError
        return cls(found[1], found[3] or "", int(found[2]) if found[2] else None)


@dataclass(frozen=True, slots=True)
class TipRef:
    """A tip in a message: why it came, and the check that was asked with it.

    `week` is that of the weekly tip, `plan_id` that of the plan whose reminder it is.

    The value of a choice in a menu has 150 characters at most. The strict check of the content draws the longest.
    """

    tip: str
    reason: Reason
    origin: Origin
    week: str | None = None
    check: CheckRef | None = None
    plan_id: str | None = None
    still: str | None = None  # the tip of which the message asks whether its member still does it
    asks_rhythm: bool = False  # it asks how to go on
    is_small: bool = False  # it shows only what five minutes can do

    @property
    def value(self) -> str:
        asked = "~" if self.asks_rhythm else ""
        if self.still:
            asked = f"~{self.still}"
        elif self.check:
            asked = self.check.value
        small = ".s" if self.is_small else ""
        return f"{self.tip}/{_CODES[self.reason]}{small}/{self.origin}{self.week or self.plan_id or ''}/{asked}"

    @classmethod
    def parse(cls, value: str) -> Self:
        found = _VALUE.fullmatch(value)
        if found is None or found[2] not in _REASONS:
            raise ValueError
        origin, which = (Origin.NOW, None) if found[4] == _SECOND else (Origin(found[4]), found[5])
        week, plan_id = (which, None) if which and "-" in which else (None, which)
        if (week is not None) != (origin is Origin.WEEKLY) or (plan_id is not None) != (origin is Origin.REMINDER):
            raise ValueError
        asked, is_small = found[6], bool(found[3])
        check, still, asks_rhythm = None, None, asked == "~"
        if asked.startswith("~"):
            still = asked[1:] or None
        elif asked and not asked.startswith("!"):
            check = CheckRef.parse(asked)
        return cls(found[1], _REASONS[found[2]], origin, week, check, plan_id, still, asks_rhythm, is_small)

    @classmethod
    def asked(cls, tip: str, *, is_small: bool = False) -> Self:
        return cls(tip, Reason.ASKED, Origin.NOW, is_small=is_small)

    def at(self, tip: str, *, is_small: bool = False) -> Self:
        return replace(self, tip=tip, is_small=is_small)

    def with_word(self, word: str) -> str:
        return f"{self.value} {word}"

    def weekly_key(self, who: MemberKey) -> str | None:
        """Return the idempotency key of the message, if it is a weekly one, which alone asks questions."""
        return nudge_key(who, self.week) if self.week else None

    def key(self, who: MemberKey) -> str | None:
        if self.plan_id is not None:
            return reminder_key(who, self.plan_id)
        return self.weekly_key(who)


def tip_and(read: Callable[[str], T]) -> Callable[[str], tuple[TipRef, T]]:
    """Return what reads a value that is a tip with a word, before or after it. It raises ValueError, as `read` does."""

    def parse(value: str) -> tuple[TipRef, T]:
        first, _, second = value.partition(" ")
        ref, word = (first, second) if "/" in first else (second, first)
        return TipRef.parse(ref), read(word)

    return parse
