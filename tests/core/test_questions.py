"""The rules for a question in plain words: which words count, what is spelt right, and how sure the coach may sound."""

import pytest

from bot.core.questions import (
    Candidate,
    Degree,
    Entry,
    EntryKind,
    decide,
    likeness,
    spelt,
    telling,
    words_of,
)

COSTS = Entry(EntryKind.SKILL, "costs", "Costs", ("costs",))
PRICE = Entry(EntryKind.TIP, "price", "Put a price on it", ("price",))
DEVOPS = Entry(EntryKind.ROLE, "devops", "DevOps", ("devops",))
THEME = Entry(EntryKind.THEME, "speed", "Speed", ("speed",))
WEATHER = Entry(EntryKind.NOT_OURS, "weather", "I don't follow the weather.", ("will it rain",))

Given = list[Candidate]


def fits(
    entry: Entry, *, phrase: float = 0.0, covered: float = 0.0, text: float = 0.0, named: bool = False
) -> Candidate:
    return Candidate(entry, text=text, phrase=phrase, covered=covered, named=named)


@pytest.mark.parametrize(
    ("given", "degree", "found"),
    [
        pytest.param([], Degree.UNKNOWN, (), id="nothing shares a word"),
        pytest.param([fits(COSTS, phrase=0.9)], Degree.ANSWERS, (COSTS,), id="nearly the words of a phrase"),
        pytest.param([fits(COSTS, phrase=0.5)], Degree.CLOSEST, (COSTS,), id="half of a phrase"),
        pytest.param([fits(COSTS, covered=0.5)], Degree.CLOSEST, (COSTS,), id="half of the question"),
        pytest.param([fits(COSTS, phrase=0.2, covered=0.3)], Degree.UNKNOWN, (), id="too little of both"),
        pytest.param(
            [fits(COSTS, phrase=0.4), fits(PRICE, phrase=0.6), fits(DEVOPS, phrase=0.5), fits(THEME, phrase=0.3)],
            Degree.CLOSEST,
            (PRICE, DEVOPS, COSTS),
            id="the best three, in order",
        ),
        pytest.param([fits(WEATHER, phrase=0.5), fits(COSTS, phrase=0.4)], Degree.UNKNOWN, (), id="rather not ours"),
        pytest.param([fits(WEATHER, phrase=0.3), fits(COSTS, phrase=0.4)], Degree.CLOSEST, (COSTS,), id="rather ours"),
        pytest.param(
            [fits(WEATHER, named=True), fits(COSTS, phrase=0.5)], Degree.UNKNOWN, (), id="names what is not ours"
        ),
        pytest.param(
            [fits(WEATHER, named=True), fits(COSTS, phrase=0.9)],
            Degree.CLOSEST,
            (COSTS,),
            id="our phrase and a word that is not ours: shown, but not as the answer",
        ),
    ],
)
def test_the_coach_is_as_sure_as_the_candidates_allow(given: Given, degree: Degree, found: tuple[Entry, ...]) -> None:
    answer = decide(given)
    assert (answer.degree, answer.entries) == (degree, found)


def test_a_question_that_is_not_ours_says_whose_it_is() -> None:
    assert decide([fits(WEATHER, phrase=0.5)]).not_ours is WEATHER
    assert decide([fits(COSTS, phrase=0.1)]).not_ours is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can't we STREAM it?", ["stream"]),
        ("<@U02EMIL> costs *costs* `costs`", ["u02emil", "costs"]),
        ("45% vs 48%", ["vs"]),
        ("why is it 😀 slow", ["slow"]),
        ("Стоимость 料金", ["стоимость", "料金"]),
        ("the of and", []),
        ("", []),
    ],
)
def test_only_words_that_say_something_count(text: str, words: list[str]) -> None:
    assert telling(words_of(text)) == words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("promtp", "prompt"),  # two letters swapped
        ("prompts", "prompts"),  # known
        ("warnign", "warning"),
        ("streming", "streaming"),  # one is missing
        ("budgett", "budget"),  # one too many
        ("bidget", "budget"),  # one is wrong
        ("bud", "bud"),  # too short to be corrected
        ("prtmptx", "prtmptx"),  # two mistakes
    ],
)
def test_spelling_is_corrected_towards_known_words_only(typed: str, meant: str) -> None:
    known = {"prompt": 9, "prompts": 2, "warning": 1, "streaming": 1, "budget": 1}
    assert spelt(typed, known) == meant


def test_a_very_long_word_is_not_corrected_as_that_would_take_half_a_second() -> None:
    assert spelt("a" * 32, {"a" * 31: 1}) == "a" * 32


def test_of_two_known_words_the_more_frequent_is_meant() -> None:
    assert spelt("pricey", {"prices": 1, "priced": 7}) == "priced"


def test_likeness_grows_with_what_is_shared_and_a_single_word_is_a_weak_hint() -> None:
    weight = dict.fromkeys(("token", "cost", "track", "rain"), 1.0)
    same, most, single, none = (
        likeness(question, {"track", "token", "cost"}, weight)
        for question in ({"track", "token", "cost"}, {"token", "cost"}, {"cost"}, {"rain"})
    )
    assert same == 1.0
    assert same > most > single > none == 0.0
    assert single < 0.5 * 0.9, "one shared word of three counts less than its share"
    assert likeness({"cost"}, {"cost"}, weight) == 1.0, "but a name that is a single word is met exactly"
