"""Find the tips that a member means by a title, an id or some of its words."""

from collections.abc import Mapping
from functools import lru_cache

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.matching import MAX_NAME, match, names_of


@lru_cache(maxsize=8)
def _names(catalog: Catalog) -> Mapping[str, str]:
    every = [lesson for lessons in catalog.lessons_of.values() for lesson in lessons]
    return names_of((each.tip.id, (each.tip.title, *each.tip.aliases)) for each in every)


def tips_named(catalog: Catalog, words: str) -> tuple[Lesson, ...]:
    """Return the tips that may be meant, the best first; none if the words fit no tip."""
    if len(words) > MAX_NAME:
        return ()
    return tuple(catalog.lessons[tip] for tip in match(words, _names(catalog)))
