"""A finding: what is wrong with an entry, at which of its values, and what to write instead."""

from dataclasses import dataclass

from bot.core.content_item import ContentItem

Where = tuple[str | int, ...]  # the keys and indexes that lead to a value of an entry


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the loader accepts and that must not reach a member. `item` None: the catalogue as a whole."""

    item: ContentItem | None
    where: Where
    text: str
