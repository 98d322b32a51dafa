"""What all content has in common: how long its texts may be, strict keys, and a slug."""

import re
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationInfo, field_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]  # fits a Slack button with its verb
Prose = Annotated[str, StringConstraints(min_length=1, max_length=600)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Choosable = Annotated[
    str, StringConstraints(min_length=1, max_length=75)
]  # fits a Slack button, or what a screen reader reads at one
Copyable = Annotated[str, StringConstraints(min_length=1, max_length=900)]  # something to copy, of several lines
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$", max_length=30)]  # as it is compared: in lower case
Origin = Literal["source", "extension"]  # a line of the source document, or something that goes further

MAX_AGE = timedelta(days=365)  # of a review; content that nobody reviewed since may be wrong


def _day(value: object) -> date:
    """Return the day that is written as 2026-11-25. Raise ValueError for anything else."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"there is no day {value}") from None
    if isinstance(value, date):
        return value
    raise ValueError("must be a day such as 2026-11-25")


Day = Annotated[date, BeforeValidator(_day)]


class Part(BaseModel):
    """Something written in a content file; it refuses unknown keys and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ContentItem(Part):
    """One piece of content with a slug of its own."""

    slug: Slug
    origin: Origin

    def __hash__(self) -> int:
        """Hash the slug only. That is fast, and caches of rendered screens use entries as keys."""
        return hash(self.slug)


class Reviewed(ContentItem):
    """Content that is reviewed: by whom, when it last was, and when the next review is due."""

    owner: Name | None = None
    reviewed_on: Day | None = None
    review_by: Day | None = None

    @field_validator("review_by")
    @classmethod
    def _is_later(cls, review_by: date | None, others: ValidationInfo) -> date | None:
        reviewed_on = others.data.get("reviewed_on")
        if review_by and reviewed_on and review_by <= reviewed_on:
            raise ValueError("must be later than `reviewed_on`")
        return review_by

    def stale_since(self, today: date) -> date | None:
        """Return the day since which its review is overdue; None if it is not stale."""
        due = (self.review_by, self.reviewed_on + MAX_AGE if self.reviewed_on else None)
        return min((day for day in due if day and day < today), default=None)
