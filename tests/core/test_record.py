"""The record has all that a member did, learned, kept and showed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.learning import Record, SkillReached, record_of
from bot.core.practice import Asked, Checked, History, Practised, Step, last_steps
from tests.made_up import made_up

CATALOG = made_up()
NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def record(history: History, **learned: datetime) -> Record:
    return record_of(CATALOG, history, learned, (), None, NOW)


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
