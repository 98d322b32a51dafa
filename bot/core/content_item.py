"""What all content has in common: how long its texts may be, strict keys, and a slug."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]  # fits a Slack button with its verb
Prose = Annotated[str, StringConstraints(min_length=1, max_length=600)]
Question = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Choosable = Annotated[str, StringConstraints(min_length=1, max_length=75)]  # fits a Slack button
Copyable = Annotated[str, StringConstraints(min_length=1, max_length=900)]  # something to copy, of several lines
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$", max_length=30)]  # as it is compared: in lower case
Origin = Literal["source", "extension"]  # a line of the source document, or something that goes further


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
