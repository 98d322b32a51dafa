"""Showings: a member shows a skill in a channel, and a colleague may confirm that they saw it at work."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Showing:
    """A skill that a member showed in a channel. `seen_at`: when a colleague confirmed it. Nobody keeps who did."""

    showing_id: str
    member_id: str
    skill: str
    asked_at: datetime
    seen_at: datetime | None = None
