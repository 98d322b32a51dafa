"""The words that no content may hold: bad examples are found, and the good neighbours beside them are not."""

import pytest

from bot.core.lint.texts import Kind, Text, texts_of
from bot.core.lint.words import word_findings
from tests.core.passing import passing, skill

BAD = [
    ("Consider a smaller model.", "Consider", Kind.TASK),
    ("Think about your costs.", "Think about", Kind.TASK),
    ("Make sure that it works.", "Make sure", Kind.TASK),
    ("Familiarise yourself with tokens.", "Familiarise", Kind.TASK),
    ("Leverage the model.", "Leverage", Kind.PROSE),
    ("A game-changer for teams.", "game-changer", Kind.PROSE),
    ("Because: this is best practice.", "best practice", Kind.PROSE),
    ("Utilise the API.", "Utilise", Kind.TASK),
    ("Ask ChatGPT.", "ChatGPT", Kind.TASK),
    ("Run it on GPT-4o and compare.", "GPT-4o", Kind.COPY),
    ("Open a ticket in Jira.", "Jira", Kind.TASK),
    ("Put them into Excel.", "Excel", Kind.TASK),
    ("Answers come 3x faster.", "3x faster", Kind.PROSE),
    ("Answers come 3 \u00d7 faster.", "3 \u00d7 faster", Kind.PROSE),
    ("You ship 40 % faster.", "40 % faster", Kind.TASK),
    ("80 % of teams skip this.", "80 % of teams", Kind.PROSE),
    ("80% of all AI projects fail.", "80% of all AI projects", Kind.PROSE),
    ("Studies show that it helps.", "Studies show", Kind.PROSE),
    ("Nine out of ten companies fail at it.", "Nine out of ten companies fail", Kind.PROSE),
    ("Read it whilst it runs.", "whilst", Kind.TASK),
    ("Note when it rang.", "rang", Kind.TASK),
    ("Mend what broke.", "Mend", Kind.TASK),
    ("Act upon it.", "upon", Kind.SITUATION),
    ("Optimize the prompt.", "Optimize", Kind.TASK),
    ("Ship it!", "!", Kind.PROSE),
    ("Run `make`.", "`", Kind.TASK),
    ("See https://example.org/a for more.", "https://example.org/a", Kind.PROSE),
    ("Two  spaces.", "  ", Kind.PROSE),
    ("Ship it \U0001f680.", "\U0001f680", Kind.PROSE),
    ("Zero\u200bwidth.", "\u200b", Kind.COPY),
]
GOOD = [
    ("Sort yesterday's requests by input tokens.", Kind.TASK),
    ("You consider both, and the sum decides.", Kind.PROSE),  # only tasks must name what the hands do
    ("Write three inputs that it should not simply answer.", Kind.TASK),
    ("The journal of the build names the step.", Kind.PROSE),
    ("Click where the cursor stands.", Kind.TASK),
    ("Excel at one thing.", Kind.PROSE),  # a verb, at the beginning of a sentence
    ("Two teams read one word in two ways.", Kind.PROSE),
    ("The second run took 3 times as long in your own log.", Kind.PROSE),
    ("The printed prices are within 5 % of the usage record.", Kind.TASK),
    ("80 % of users press the thumb. What do you read first?", Kind.SITUATION),  # made up, as situations are
    ("Answers: 40 % faster, 2 of 20 wrong", Kind.COPY),  # made-up numbers of a worked example
    ("Fix it while the range is small.", Kind.TASK),  # `rang` and `range`
    ("The recommendation depends on it.", Kind.PROSE),  # `mend` in a longer word
    ("The colour of the centre.", Kind.PROSE),
    ("| a_b | `c` |!", Kind.COPY),
    ("Engineers who leverage cutting-edge AI win!", Kind.QUOTED),  # the source's own line
]


def said(words: str, kind: Kind) -> list[str]:
    """Return what is found in a text."""
    return [finding.text for finding in word_findings(Text(skill(), ("why",), words, kind))]


@pytest.mark.parametrize(("words", "named", "kind"), BAD, ids=[words for words, *_ in BAD])
def test_a_bad_example_is_found_once_and_its_words_are_named(words: str, named: str, kind: Kind) -> None:
    found = said(words, kind)
    assert len(found) == 1, found
    assert found[0].startswith(f'`why`: "{named.strip()}" ')
    assert ";" in found[0], "it says what to write instead"


@pytest.mark.parametrize(("words", "kind"), GOOD, ids=[words for words, _ in GOOD])
def test_a_good_neighbour_is_not_found(words: str, kind: Kind) -> None:
    assert said(words, kind) == []


def test_every_text_that_a_member_reads_is_walked_with_its_place_and_kind() -> None:
    form = skill("template", value="a form")
    kinds = {text.where: text.kind for text in texts_of(passing(form)) if text.item is form}
    assert kinds[("tips", 1, "do")] is Kind.TASK
    assert kinds[("first_exercise",)] is Kind.TASK
    assert kinds[("checks", 0, "options", 2, "because")] is Kind.PROSE
    assert kinds[("checks", 0, "options", 2, "text")] is Kind.SITUATION
    assert kinds[("looks_like", "aware")] is Kind.PROSE
    assert kinds[("template",)] is Kind.COPY
    assert not {where for where in kinds if where[0] in {"asks", "theme", "slug"}}, "these are not sentences"


def test_lines_of_the_source_are_quoted_and_what_was_added_to_them_is_not() -> None:
    quoted = skill("origin", value="source")
    kinds = {text.where: text.kind for text in texts_of(passing(quoted)) if text.item is quoted}
    assert kinds[("name",)] is Kind.QUOTED
    assert kinds[("why",)] is Kind.PROSE
