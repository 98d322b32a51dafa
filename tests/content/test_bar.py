"""Rules for the content that compare entries of the whole catalogue, which the strict check does not do."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import reduce

from bot.core.catalog import Catalog
from bot.core.content_types import Option, Role
from bot.core.rhythm import SHORT
from tests.every import check_every
from tests.real_content import load

Options = Sequence[Option]
Guess = Callable[[Options], Options]  # the options that are left; of these, chance takes one

CATALOG = load()


def test_each_role_has_four_short_tips_of_each_theme_that_need_nothing() -> None:
    """Who wants short single tips gets no others."""
    short = [each for each in CATALOG.tips if each.tip.minutes <= SHORT and not each.tip.needs]

    def check(role: Role) -> None:
        themes = Counter(each.skill.theme for each in short if each.tip.is_for(role))
        assert {theme: themes[theme] for theme in CATALOG.themes if themes[theme] < 4} == {}

    check_every(CATALOG.roles.values(), check)


def _like(pattern: str) -> Callable[[Option], bool]:
    return lambda option: re.search(pattern, option.text, re.IGNORECASE) is not None


def _unlike(pattern: str) -> Guess:
    """Return a guess that drops each option with such words, unless all have them."""
    found = _like(pattern)
    return lambda options: [option for option in options if not found(option)] or options


def _odd_one(pattern: str, *, has: bool) -> Guess:
    """Return a guess that takes the only option with such words, or the only one without them."""
    found = _like(pattern)

    def guess(options: Options) -> Options:
        odd = [option for option in options if found(option) is has]
        return odd if len(odd) == 1 else options

    return guess


def _by_length(choose: Callable[[Iterable[int]], int]) -> Guess:
    def guess(options: Options) -> Options:
        length = choose(len(option.text) for option in options)
        return [option for option in options if len(option.text) == length]

    return guess


def _in_turn(*guesses: Guess) -> Guess:
    return lambda options: reduce(lambda left, guess: guess(left), guesses, options)


REASON = r"\b(?:because|as|since|so that)\b"
STRONGER = r"\b(?:stronger|larger|newer|better|bigger) (?:model|one)\b"
TOLD = r"\btell (?:the model|it|them)\b|\bprompt\b"
GUESSES: dict[str, Guess] = {
    "the first": lambda options: options[:1],
    "the second": lambda options: options[1:2],
    "the third": lambda options: options[2:],
    "the longest": _by_length(max),
    "the shortest": _by_length(min),
    "the only one with a reason": _odd_one(REASON, has=True),
    "the only one without a reason": _odd_one(REASON, has=False),
    "not a stronger model": _unlike(STRONGER),
    "not to tell the model": _unlike(TOLD),
    "all of it": _in_turn(_unlike(STRONGER), _unlike(TOLD), _odd_one(REASON, has=True), _by_length(max)),
    "the opposite": _in_turn(_unlike(STRONGER), _unlike(TOLD), _odd_one(REASON, has=False), _by_length(min)),
}
MOST_GUESSED = 0.42  # of all checks; by chance it is a third


def test_the_form_of_a_check_does_not_tell_the_right_answer() -> None:
    def check(guess: Guess) -> None:
        left = [guess(quiz.check.options) for quiz in CATALOG.quizzes.values()]
        guessed = sum(sum(option.right for option in options) / len(options) for options in left) / len(left)
        assert guessed <= MOST_GUESSED

    check_every(GUESSES, check)


def test_every_path_has_several_themes(catalog: Catalog) -> None:
    for role in catalog.roles.values():
        assert len({skill.theme for skill in catalog.path(role)}) >= 3, role.slug
