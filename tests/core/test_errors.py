"""Refusals quote what people typed: shortened, on one line and literally."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import NotAdmin, NotCoached, NothingChanged, OutcomeUnknown, quoted


@given(st.text(max_size=200))
def test_quoted_words_are_short_on_one_line_and_cannot_end_their_own_code(words: str) -> None:
    said = quoted(words)
    assert len(said) <= 42
    assert said.startswith("`")
    assert said.endswith("`")
    assert "`" not in said[1:-1]
    assert "\n" not in said


def test_shortened_text_ends_with_an_ellipsis() -> None:
    assert quoted("x" * 5_000) == f"`{'x' * 39}…`"
    assert quoted("x" * 40) == f"`{'x' * 40}`"


def test_every_ready_made_refusal_is_short_and_has_a_next_step() -> None:
    assert "Try again" in str(NothingChanged())  # the edge adds the button, as it knows what was asked for
    for error, next_verb in ((OutcomeUnknown(), "progress"), (NotCoached(), "roles"), (NotAdmin("dance"), "admins")):
        assert len(str(error)) < 200
        assert error.steps[0].verb == next_verb
