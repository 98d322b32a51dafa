"""A reminder as a file for calendars."""

from datetime import UTC, datetime

from bot.core.content_types import Tip
from bot.core.plans import calendar_file
from bot.core.practice import Plan

AT = datetime(2026, 12, 3, 9, tzinfo=UTC)
TIP = Tip(
    id="a-tip",
    title="Read one log; aloud, together",
    do=("Open the log.", f"Read {'ä' * 60}."),
    done_when="both heard it.",
    minutes=20,
)


def test_a_calendar_reads_the_title_the_moment_the_minutes_and_the_steps() -> None:
    file = calendar_file(Plan(TIP.id, "0123456789abcdef", AT), TIP, AT)
    lines = file.replace("\r\n ", "").split("\r\n")
    assert lines == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//roleshift//EN",
        "BEGIN:VEVENT",
        "UID:0123456789abcdef@roleshift",
        "DTSTAMP:20261203T090000Z",
        "DTSTART:20261203T090000Z",
        "DURATION:PT20M",
        r"SUMMARY:Read one log\; aloud\, together",
        rf"DESCRIPTION:1. Open the log.\n2. Read {'ä' * 60}.\nDone when both heard it.",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_no_line_is_too_long_for_a_calendar_and_no_letter_is_cut() -> None:
    file = calendar_file(Plan(TIP.id, "0123456789abcdef", AT), TIP, AT)
    assert [line for line in file.split("\r\n") if len(line.encode()) > 75] == []
    assert file.encode().decode() == file
