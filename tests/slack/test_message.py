"""The parts of a screen: escaped, and drawn as Slack takes them."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bot.slack.blocks import moment, overflow
from bot.slack.message import escape, line_of, literal, unescape

WORDS = st.text("ab1 <>&|!@#*_~`\"'\n/:.é😀", max_size=60)
LATE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@given(WORDS)
def test_escaped_words_hold_no_mark_up_of_slacks_and_come_back_as_they_were(words: str) -> None:
    escaped = escape(words)
    assert not set(escaped) & set("<>")
    assert unescape(escaped) == words


@given(st.lists(WORDS | st.sampled_from(["https://", "http://x", "<!channel>", "<@U1>", "|", ">", "&"])).map("".join))
def test_only_a_web_address_in_literal_words_becomes_a_link_and_shows_its_target(words: str) -> None:
    shown = literal(words)
    assert not set(re.sub(r"<https?://[^<>|\s]+>", "", shown)) & set("<>")
    assert unescape(shown) == words


def test_a_line_is_read_without_mark_up_and_the_name_of_the_command() -> None:
    for written in ("/roleshift progress", "  /Roleshift   progress", "<@U0BOT> roleshift progress"):
        assert line_of(written) == "progress"
    assert line_of("<@U0BOT>") == ""
    assert line_of(f"{'x' * 1_990} <https://a.example|a link>") == "x" * 1_990
    assert unescape("<https://a.example|a link> <mailto:a@a.example|us> <@U1>") == "https://a.example a@a.example <@U1>"


def test_an_address_never_hides_behind_another_name() -> None:
    for words, shown in (
        ("see https://a.example/b?c=1&d=2 now", "see <https://a.example/b?c=1&amp;d=2> now"),
        ("<https://evil.example|bank>", "&lt;<https://evil.example>|bank&gt;"),
    ):
        assert literal(words) == shown


def test_a_moment_has_its_weekday_and_hour_and_a_dash_stands_for_none() -> None:
    assert moment(LATE, "Asia/Kolkata") == "Friday 1 January at 05:00"
    assert moment(None, "Asia/Kolkata") == "—"


def test_a_menu_that_slack_would_refuse_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="One too many"):
        overflow(*[("A tip", "tip", "")] * 5, ("One too many", "tip", ""))
