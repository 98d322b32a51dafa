"""A tip is found by its title, its id, and by some of its words; what is unclear is not guessed."""

import pytest

from bot.content.library import load
from bot.core.catalog import Catalog

CATALOG = load()


def test_every_tip_is_found_by_its_id_and_its_title() -> None:
    for name, lesson in CATALOG.lessons.items():
        assert lesson in CATALOG.tips_named(name)
        assert lesson in CATALOG.tips_named(lesson.tip.title.upper()), lesson.tip.title


@pytest.mark.parametrize("words", ["", "???", "juggling", "x" * 5_000])
def test_words_that_fit_no_tip_find_none(words: str) -> None:
    assert CATALOG.tips_named(words) == ()


def test_words_of_several_titles_find_each_of_them(catalog: Catalog) -> None:
    titles = [lesson.tip.title for lesson in catalog.tips_named("price")]
    assert len(titles) > 1
    assert all("price" in title.casefold() for title in titles)
