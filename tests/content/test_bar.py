"""Rules for the content that compare entries of the whole catalogue, which the strict check does not do."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from bot.core.catalog import Catalog
from bot.core.content_types import Option, Role
from bot.core.rhythm import SHORT
from tests.every import check_every
from tests.real_content import load

Options = Sequence[Option]
Guess = Callable[[Options], Options]  # the options that are left, all if none is; of these, chance takes one

CATALOG = load()


def test_each_role_has_four_short_tips_of_each_theme_that_need_nothing() -> None:
    """Who wants short single tips gets no others."""
    short = [each for each in CATALOG.tips if each.tip.minutes <= SHORT and not each.tip.needs]

    def check(role: Role) -> None:
        themes = Counter(each.skill.theme for each in short if each.tip.is_for(role))
        assert {theme: themes[theme] for theme in CATALOG.themes if themes[theme] < 4} == {}

    check_every(CATALOG.roles.values(), check)


def _with(pattern: str) -> Guess:
    return lambda options: [option for option in options if re.search(pattern, option.text, re.IGNORECASE)]


def _without(pattern: str) -> Guess:
    return lambda options: [option for option in options if not re.search(pattern, option.text, re.IGNORECASE)]


def _longest(options: Options) -> Options:
    return sorted(options, key=lambda option: len(option.text))[-1:]


def _shortest(options: Options) -> Options:
    return sorted(options, key=lambda option: len(option.text))[:1]


REASON = r"\b(?:because|as|since|so that)\b"
NO_STRONGER = _without(r"\b(?:stronger|larger|newer|better|bigger) (?:model|one)\b")
NO_TELLING = _without(r"\btell (?:the model|it|them)\b|\bprompt\b")
GUESSES: dict[str, list[Guess]] = {
    "the first": [lambda options: options[:1]],
    "the second": [lambda options: options[1:2]],
    "the third": [lambda options: options[2:]],
    "the longest": [_longest],
    "the shortest": [_shortest],
    "one with a reason": [_with(REASON)],
    "one without a reason": [_without(REASON)],
    "not a stronger model": [NO_STRONGER],
    "not to tell the model": [NO_TELLING],
    "all of it": [NO_STRONGER, NO_TELLING, _with(REASON), _longest],
    "the opposite": [NO_STRONGER, NO_TELLING, _without(REASON), _shortest],
}
MOST_GUESSED = 0.42  # of all checks; by chance it is a third


def test_the_form_of_a_check_does_not_tell_the_right_answer() -> None:
    def check(guesses: list[Guess]) -> None:
        guessed = 0.0
        for quiz in CATALOG.quizzes.values():
            left: Options = quiz.check.options
            for guess in guesses:
                left = guess(left) or left
            guessed += sum(option.right for option in left) / len(left)
        assert guessed / len(CATALOG.quizzes) <= MOST_GUESSED

    check_every(GUESSES, check)


def test_every_path_has_several_themes(catalog: Catalog) -> None:
    for role in catalog.roles.values():
        assert len({skill.theme for skill in catalog.path(role)}) >= 3, role.slug
