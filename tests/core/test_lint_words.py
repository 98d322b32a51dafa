"""The words that no content may hold: bad examples are found, and the good neighbours beside them are not."""

import pytest

from bot.core.lint.texts import Text, TextKind, texts_of, word_findings
from tests.core.passing import passing, skill

BAD = [
    ("Consider a smaller model.", "Consider", TextKind.TASK),
    ("Think about your costs.", "Think about", TextKind.TASK),
    ("Make sure that it works.", "Make sure", TextKind.TASK),
    ("Familiarise yourself with tokens.", "Familiarise", TextKind.TASK),
    ("Leverage the model.", "Leverage", TextKind.PROSE),
    ("A game-changer for teams.", "game-changer", TextKind.PROSE),
    ("Because: this is best practice.", "best practice", TextKind.PROSE),
    ("Utilise the API.", "Utilise", TextKind.TASK),
    ("Ask ChatGPT.", "ChatGPT", TextKind.TASK),
    ("Run it on GPT-4o and compare.", "GPT-4o", TextKind.COPY),
    ("Open a ticket in Jira.", "Jira", TextKind.TASK),
    ("Put them into Excel.", "Excel", TextKind.TASK),
    ("Answers come 3x faster.", "3x faster", TextKind.PROSE),
    ("Answers come 3 \u00d7 faster.", "3 \u00d7 faster", TextKind.PROSE),
    ("You ship 40 % faster.", "40 % faster", TextKind.TASK),
    ("80 % of teams skip this.", "80 % of teams", TextKind.PROSE),
    ("80% of all AI projects fail.", "80% of all AI projects", TextKind.PROSE),
    ("Studies show that it helps.", "Studies show", TextKind.PROSE),
    ("Nine out of ten companies fail at it.", "Nine out of ten companies fail", TextKind.PROSE),
    ("Read it whilst it runs.", "whilst", TextKind.TASK),
    ("Note when it rang.", "rang", TextKind.TASK),
    ("Mend what broke.", "Mend", TextKind.TASK),
    ("Act upon it.", "upon", TextKind.SITUATION),
    ("Optimize the prompt.", "Optimize", TextKind.TASK),
    ("Ship it!", "!", TextKind.PROSE),
    ("Run `make`.", "`", TextKind.TASK),
    ("See https://example.org/a for more.", "https://example.org/a", TextKind.PROSE),
    ("Two  spaces.", "  ", TextKind.PROSE),
    ("Ship it \U0001f680.", "\U0001f680", TextKind.PROSE),
    ("Zero\u200bwidth.", "\u200b", TextKind.COPY),
]
GOOD = [
    ("Sort yesterday's requests by input tokens.", TextKind.TASK),
    ("You consider both, and the sum decides.", TextKind.PROSE),  # only tasks must name what the hands do
    ("Write three inputs that it should not simply answer.", TextKind.TASK),
    ("The journal of the build names the step.", TextKind.PROSE),
    ("Click where the cursor stands.", TextKind.TASK),
    ("Excel at one thing.", TextKind.PROSE),  # a verb, at the beginning of a sentence
    ("Two teams read one word in two ways.", TextKind.PROSE),
    ("The second run took 3 times as long in your own log.", TextKind.PROSE),
    ("The printed prices are within 5 % of the usage record.", TextKind.TASK),
    ("80 % of users press the thumb. What do you read first?", TextKind.SITUATION),  # made up, as situations are
    ("Answers: 40 % faster, 2 of 20 wrong", TextKind.COPY),  # made-up numbers of a worked example
    ("Fix it while the range is small.", TextKind.TASK),  # `rang` and `range`
    ("The recommendation depends on it.", TextKind.PROSE),  # `mend` in a longer word
    ("The colour of the centre.", TextKind.PROSE),
    ("| a_b | `c` |!", TextKind.COPY),
    ("Engineers who leverage cutting-edge AI win!", TextKind.QUOTED),  # the source's own line
]


def said(words: str, kind: TextKind) -> list[str]:
    return [finding.text for finding in word_findings(Text(skill(), ("why",), words, kind))]


@pytest.mark.parametrize(("words", "named", "kind"), BAD, ids=[words for words, *_ in BAD])
def test_a_bad_example_is_found_once_and_its_words_are_named(words: str, named: str, kind: TextKind) -> None:
    found = said(words, kind)
    assert len(found) == 1, found
    assert found[0].startswith(f'`why`: "{named.strip()}" ')
    assert ";" in found[0], "it says what to write instead"


@pytest.mark.parametrize(("words", "kind"), GOOD, ids=[words for words, _ in GOOD])
def test_a_good_neighbour_is_not_found(words: str, kind: TextKind) -> None:
    assert said(words, kind) == []


def test_every_text_that_a_member_reads_is_walked_with_its_place_and_kind() -> None:
    form = skill("template", value="a form")
    kinds = {text.where: text.kind for text in texts_of(passing(form)) if text.item is form}
    assert kinds[("tips", 1, "steps", 0)] is TextKind.TASK
    assert kinds[("first_exercise",)] is TextKind.TASK
    assert kinds[("checks", 0, "options", 2, "because")] is TextKind.PROSE
    assert kinds[("checks", 0, "options", 2, "text")] is TextKind.SITUATION
    assert kinds[("looks_like", "aware")] is TextKind.PROSE
    assert kinds[("template",)] is TextKind.COPY
    assert not {where for where in kinds if where[0] in {"asks", "theme", "slug"}}, "these are not sentences"


def test_lines_of_the_source_are_quoted_and_what_was_added_to_them_is_not() -> None:
    quoted = skill("origin", value="source")
    kinds = {text.where: text.kind for text in texts_of(passing(quoted)) if text.item is quoted}
    assert kinds[("name",)] is TextKind.QUOTED
    assert kinds[("why",)] is TextKind.PROSE
