"""What the buttons of a tip carry, so that its message can be drawn again in place."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.core.member import MemberKey
from bot.core.nudges import Reason
from bot.core.outbox import another_key, nudge_key

_REASONS = {
    "path": Reason.NEXT_ON_PATH,
    "round": Reason.NEXT_ROUND,
    "check": Reason.CHECK_WENT_WRONG,
    "theme": Reason.OTHER_THEME,
    "beyond": Reason.BEYOND_PATH,
    "again": Reason.AGAIN,
    "asked": Reason.ASKED,
    "norole": Reason.NO_ROLE,
}
_CODES = {reason: code for code, reason in _REASONS.items()}
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_VALUE = re.compile(rf"({_SLUG})/([a-z]+)/([wanr])(\d{{4}}-W\d{{2}})?/((?:{_SLUG})?)")
MAX_VALUE = 150  # characters: Slack's limit for a choice of a menu, with the verb before it


class Origin(StrEnum):
    """Which message shows the tip."""

    WEEKLY = "w"
    ANOTHER = "a"  # the second tip of a week
    REMINDER = "r"
    NOW = "n"  # the answer to `tip`


@dataclass(frozen=True, slots=True)
class TipRef:
    """A tip in a message: why it came, and the check that was asked with it. `week` is that of the weekly tip."""

    tip: str
    reason: Reason
    origin: Origin
    week: str | None = None
    check: str | None = None

    @property
    def value(self) -> str:
        """Return the button's value."""
        return f"{self.tip}/{_CODES[self.reason]}/{self.origin}{self.week or ''}/{self.check or ''}"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Read the button's value. Raise ValueError."""
        found = _VALUE.fullmatch(value)
        if found is None or found[2] not in _REASONS:
            raise ValueError
        origin = Origin(found[3])
        if (origin in {Origin.WEEKLY, Origin.ANOTHER}) is not bool(found[4]):
            raise ValueError
        return cls(found[1], _REASONS[found[2]], origin, found[4], found[5] or None)

    def asking(self, who: MemberKey) -> str | None:
        """Return the idempotency key of the message, if it is one that can ask a check."""
        return nudge_key(who, self.week) if self.origin is Origin.WEEKLY and self.week else None

    def key(self, who: MemberKey) -> str | None:
        """Return the idempotency key of the message's delivery, if it has one."""
        if self.week is None:
            return None
        return nudge_key(who, self.week) if self.origin is Origin.WEEKLY else another_key(who, self.week)
