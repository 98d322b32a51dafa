"""The record covers the days that were asked for, by the member's own calendar, with all that is in them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UserError
from bot.core.practice import Asked, Checked, History, Practised, Step, last_steps
from bot.core.record import Record, Showing, SkillReached, TipDone, read_period, record_of
from tests.made_up import made_up

CATALOG = made_up()
NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # 1 December in Berlin
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "zone", "first", "end"),
    [
        ("month", None, date(2026, 11, 1), date(2026, 12, 1)),
        ("month", "Europe/Berlin", date(2026, 12, 1), date(2027, 1, 1)),
        ("quarter", None, date(2026, 10, 1), date(2027, 1, 1)),
        ("This Quarter", "Europe/Berlin", date(2026, 10, 1), date(2027, 1, 1)),
        ("2025", None, date(2025, 1, 1), date(2026, 1, 1)),
        ("year", None, date(2026, 1, 1), date(2027, 1, 1)),
        ("all", None, date.min, date.max),
        ("", None, date.min, date.max),
    ],
)
def test_a_period_has_the_days_of_the_members_calendar(words: str, zone: str | None, first: date, end: date) -> None:
    period = read_period(words, NOW, zone)
    assert (period.first, period.end) == (first, end)


@pytest.mark.parametrize("month", range(1, 13))
def test_each_month_lies_in_its_quarter(month: int) -> None:
    now = datetime(2026, month, 15, tzinfo=UTC)
    period = read_period("quarter", now, None)
    assert period.first.month == {0: 1, 1: 4, 2: 7, 3: 10}[(month - 1) // 3]
    assert period.has(now, None)
    assert not period.has(now - 93 * DAY, None)


@pytest.mark.parametrize("words", ["week", "1999", "20261", "quarter 3", "`x`"])
def test_another_period_is_refused_with_those_that_exist(words: str) -> None:
    with pytest.raises(UserError, match="I know the periods") as refusal:
        read_period(words, NOW, None)
    assert [step.words for step in refusal.value.steps] == ["all", "quarter", "month"]


def record(words: str, history: History, zone: str | None = None, **more: dict[str, datetime]) -> Record:
    learned = more.get("learned", {})
    return record_of(CATALOG, read_period(words, NOW, zone), history, learned, (), zone, NOW)


def test_a_tip_counts_in_the_month_of_the_members_own_calendar() -> None:
    late = History(last_steps([Practised("tests-0", Step.DONE, NOW)]))
    assert record("month", late).done
    assert record("month", late, "Europe/Berlin").done
    earlier = History(last_steps([Practised("tests-0", Step.DONE, NOW - DAY)]))
    assert record("month", earlier).done
    assert not record("month", earlier, "Europe/Berlin").done


def test_what_is_no_longer_taught_is_listed_without_a_name_and_keeps_its_line() -> None:
    history = History(last_steps([Practised("gone", Step.DONE, NOW, line="Mine.")]))
    found = record_of(CATALOG, read_period("", NOW, None), history, {"gone": NOW}, [_shown("gone")], None, NOW)
    assert found.done == (TipDone(NOW, None, None, "Mine."),)
    assert found.learned == (SkillReached(NOW, None),)
    assert found.shown == (SkillReached(NOW, None, None),)


def test_a_tip_that_was_taken_back_or_refused_is_not_in_the_record() -> None:
    steps = [
        Practised("tests-0", Step.DONE, NOW - DAY),
        Practised("tests-0", Step.UNDONE, NOW),
        Practised("tests-1", Step.NOT_MY_WORK, NOW),
        Practised("tests-2", Step.BLOCKED, NOW),
    ]
    assert record("", History(last_steps(steps))).is_empty


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ([(9, True, True), (6, True, True), (3, True, True)], 3),
        ([(9, True, True), (6, True, True)], None),
        ([(9, True, True), (6, False, True), (3, True, True)], None),
        ([(9, True, True), (6, True, False), (3, True, True)], None),  # asked for before its time
        ([(9, True, True), (6, True, True), (3, True, True), (1, True, True)], 3),
    ],
)
def test_a_skill_is_kept_from_its_third_right_answer_that_was_due(
    answers: list[tuple[int, bool, bool]], kept: int | None
) -> None:
    asked = [
        Asked("tests-0", "tests", NOW - age * DAY, due, answered_at=NOW - age * DAY, right=right)
        for age, right, due in answers
    ]
    history = History(checked=Checked.of(asked))
    expected = () if kept is None else (SkillReached(NOW - kept * DAY, "tests"),)
    assert record("", history, learned={"tests": NOW - 10 * DAY}).kept == expected
    assert record("", history).kept == (), "a skill that was unmarked is not kept"


@given(st.lists(st.integers(0, 2_000), max_size=20, unique=True))
def test_the_latest_stands_first_and_every_tip_is_in_one_year(ages: list[int]) -> None:
    steps = [Practised(f"tip-{age}", Step.DONE, NOW - age * DAY) for age in ages]
    history = History(last_steps(steps))
    found = record("all", history).done
    assert [each.at for each in found] == sorted((step.at for step in steps), reverse=True)
    years = [record(str(year), history).done for year in range(2020, 2027)]
    assert sum(map(len, years)) == len(found)


def _shown(skill: str) -> Showing:
    return Showing("0123456789abcdef", "U1", skill, NOW)
