"""The rules for a question in plain words: what the index looks for, and which of its finds count."""

from dataclasses import replace

import pytest

from bot.core.questions import MAX_WORDS, Entry, EntryKind, SearchResult, any_word_of, bare, decide

COSTS = Entry(EntryKind.SKILL, "costs", "Costs", ("costs", "whats the cost"))
PRICE = Entry(EntryKind.TIP, "price", "Put a price on it", ("price",))
DEVOPS = Entry(EntryKind.ROLE, "devops", "DevOps", ("devops",))
THEME = Entry(EntryKind.THEME, "speed", "Speed", ("speed",))
WEATHER = Entry(EntryKind.NOT_OURS, "weather", "I don't follow the weather.", ("will it rain",))
AS_WELL = replace(THEME, phrases=("price",))
NEXT = Entry(EntryKind.PERSONAL, "next", "menu", ("what next",))


@pytest.mark.parametrize(
    ("question", "ranked", "result"),
    [
        ("qwertz", [], SearchResult()),
        ("a cost", [COSTS, PRICE, DEVOPS, THEME], SearchResult((COSTS, PRICE, DEVOPS))),
        ("WHATS the cost", [PRICE, COSTS], SearchResult((COSTS, PRICE), is_sure=True)),
        ("what's the price", [PRICE, WEATHER, NEXT, COSTS], SearchResult((PRICE, COSTS))),
        ("rain", [WEATHER, COSTS], SearchResult(topic=WEATHER)),
        ("will it rain?", [COSTS, WEATHER], SearchResult(topic=WEATHER, is_sure=True)),
        ("next", [NEXT, COSTS], SearchResult(topic=NEXT)),
        ("price", [COSTS, PRICE, AS_WELL], SearchResult((PRICE, AS_WELL, COSTS))),
    ],
)
def test_the_best_entry_or_one_with_this_very_phrase_decides(
    question: str, ranked: list[Entry], result: SearchResult
) -> None:
    assert decide(question, ranked) == result


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can't we STREAM it?", ["cant", "we", "stream", "it"]),
        ("<@U02EMIL> *costs* `a_b`", ["u02emil", "costs", "a", "b"]),
        ('") NEAR(x) AND "', ["near", "x", "and"]),
        ("Стоимость 料金", ["стоимость", "料金"]),
        ("?!*_😀\x00\ud800", []),
    ],
)
def test_words_hold_no_sign(text: str, words: list[str]) -> None:
    assert bare(text).split() == words
    assert any_word_of(text) == " OR ".join(f'"{word}"' for word in words)


def test_each_word_of_a_question_counts_once_and_later_ones_not_at_all() -> None:
    assert any_word_of("cost, cost") == '"cost"'
    assert any_word_of(" ".join(map(str, range(9999)))).count(" OR ") == MAX_WORDS - 1
