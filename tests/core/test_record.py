"""The record has all that a member did, learned, kept and showed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.practice import Asked, Checked, History, Practised, Step, last_steps
from bot.core.record import Record, Showing, SkillReached, TipDone, record_of
from tests.made_up import made_up

CATALOG = made_up()
NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def record(history: History, **learned: datetime) -> Record:
    return record_of(CATALOG, history, learned, (), None, NOW)


def test_what_is_no_longer_taught_is_listed_without_a_name_and_keeps_its_line() -> None:
    history = History(last_steps([Practised("gone", Step.DONE, NOW, line="Mine.")]))
    found = record_of(CATALOG, history, {"gone": NOW}, [_shown("gone")], None, NOW)
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
    assert record(History(last_steps(steps))).is_empty


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        ([(9, True, True), (3, True, True)], 3),
        ([(9, True, True)], None),
        ([(9, True, True), (6, False, True)], None),
        ([(9, True, True), (6, True, False)], None),  # asked for before its time
        ([(9, True, True), (3, True, True), (1, True, True)], 3),
    ],
)
def test_a_skill_is_kept_from_its_second_right_answer_that_was_due(
    answers: list[tuple[int, bool, bool]], kept: int | None
) -> None:
    asked = [
        Asked("tests-0", "tests", NOW - age * DAY, due, answered_at=NOW - age * DAY, right=right)
        for age, right, due in answers
    ]
    history = History(checked=Checked.of(asked))
    expected = () if kept is None else (SkillReached(NOW - kept * DAY, "tests"),)
    assert record(history, tests=NOW - 10 * DAY).kept == expected
    assert record(history).kept == (), "a skill that was unmarked is not kept"


@given(st.lists(st.integers(0, 2_000), max_size=20, unique=True))
def test_the_latest_stands_first(ages: list[int]) -> None:
    steps = [Practised(f"tip-{age}", Step.DONE, NOW - age * DAY) for age in ages]
    history = History(last_steps(steps))
    found = record(history).done
    assert [each.at for each in found] == sorted((step.at for step in steps), reverse=True)


def _shown(skill: str) -> Showing:
    return Showing("0123456789abcdef", "U1", skill, NOW)
