"""The elements of every screen: progress bars are never misleading, and days are in the reader's time zone."""

from datetime import UTC, datetime

import pytest

from bot.slack.blocks import button, day, menu, moment, overflow, segments

LATE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("done", "half", "total", "drawn"),
    [
        (2, 3, 12, "●●◐◐◐○○○○○○○"),
        (0, 0, 12, "○○○○○○○○○○○○"),
        (12, 0, 12, "●●●●●●●●●●●●"),
        (0, 12, 12, "◐◐◐◐◐◐◐◐◐◐◐◐"),
        (1, 1, 40, "●◐○○○○○○○○○○"),  # the least that is done or begun shows
        (38, 1, 40, "●●●●●●●●●●◐○"),  # and so does the last that is left
        (39, 1, 40, "●●●●●●●●●●●◐"),
        (1, 1, 2, "●●●●●●◐◐◐◐◐◐"),
    ],
)
def test_a_bar_shows_what_is_begun_in_half_segments(done: int, half: int, total: int, drawn: str) -> None:
    assert segments(done, half, total) == drawn


@pytest.mark.parametrize(
    ("zone", "read"),
    [(None, "31 December 2026"), ("Asia/Tokyo", "1 January 2027"), ("America/New_York", "31 December 2026")],
)
def test_a_day_is_the_readers_own(zone: str | None, read: str) -> None:
    assert day(LATE, zone) == read


def test_a_moment_has_its_weekday_and_hour_and_a_dash_stands_for_none() -> None:
    assert moment(LATE, "Asia/Kolkata") == "Friday 1 January at 05:00"
    assert moment(None, "Asia/Kolkata") == "—"


def test_a_button_does_what_typing_it_does() -> None:
    assert button("How?", "skill", "cost-spikes") == {
        "type": "button",
        "text": {"type": "plain_text", "text": "How?"},
        "action_id": "roleshift:skill:cost-spikes",
        "value": "cost-spikes",
    }
    assert "value" not in button("My role", "myrole")


def test_a_menus_choice_is_the_words_after_its_verb() -> None:
    drawn = menu("Choose", "myrole", [("ML Engineer", "ml-engineer")])
    assert drawn["action_id"] == "roleshift:myrole:menu"
    assert drawn["options"] == [{"text": {"type": "plain_text", "text": "ML Engineer"}, "value": "ml-engineer"}]


def test_a_menu_that_slack_would_refuse_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="One too many"):
        overflow(*[("A tip", "tip", "")] * 5, ("One too many", "tip", ""))
