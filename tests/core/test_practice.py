"""When a check is due, which one is asked, and how firmly a skill is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.core.catalog import Catalog, Retired
from bot.core.next_tip import due_check
from bot.core.practice import CHECK_AFTER, WEEK, Answer, Asked, Checked, Practised, Stage, Step, Use
from tests.made_up import made_up
from tests.records import record_of

LEARNED = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
CATALOG = made_up()
TESTS = CATALOG.skills["tests"]


def asked(
    week: float, *, right: bool | None = True, skill: str = "tests", check: str = "tests-0", due: bool = True
) -> Asked:
    at = LEARNED + week * WEEK
    return Asked(check, skill, at, due, None if right is None else at + HOUR, right)


def is_due(catalog: Catalog, week: float, *before: Asked) -> bool:
    return due_check(catalog, record_of(learned={"tests": LEARNED}, asked=before), LEARNED + week * WEEK) is not None


@pytest.mark.parametrize(
    ("before", "week"),
    [
        ([], 1),
        ([asked(1)], 4),
        ([asked(3)], 4),  # the first came late, the second comes on its day
        ([asked(6)], 7),  # but never two within a week
        ([asked(1, right=False)], 2),  # wrong: once more after a week
        ([asked(1), asked(4, right=False)], 5),
        ([asked(1, right=None)], 5),  # not answered: four weeks pass, not one
        ([asked(1), asked(4, right=None)], 8),
        ([asked(1, right=None), asked(5, right=None)], 17),  # nor answered again: twelve
        ([asked(1, right=None), asked(5)], 6),  # answered: the usual week again
        ([asked(0.5, right=None, due=False)], 1.5),  # not answered, but the member had asked for it
        ([asked(0.5, due=False)], 1.5),  # asked for before its time: it does not count, but a week passes
    ],
)
def test_a_check_is_due_from_this_week_on_and_not_before(before: list[Asked], week: float) -> None:
    assert not is_due(CATALOG, week - 0.01, *before)
    assert is_due(CATALOG, week, *before)


def test_an_answer_counts_only_until_the_next_check_is_asked() -> None:
    """Otherwise three old messages, answered on one day, would say that a skill is kept after 1 and 4 weeks."""
    today = LEARNED + 20 * WEEK
    late = [replace(asked(week), answered_at=today) for week in (1, 5)]
    assert len(Checked.of(late).passed("tests")) == 1


@given(st.lists(st.tuples(st.integers(0, 80), st.sampled_from([True, False, None]), st.booleans()), max_size=8))
def test_no_check_is_due_within_a_week_of_the_last_or_before_its_time(
    rows: list[tuple[int, bool | None, bool]],
) -> None:
    before = [asked(week, right=right, due=due) for week, right, due in rows]
    checked = Checked.of(before)
    due_at = checked.due_at("tests", LEARNED)
    if due_at is not None:
        assert due_at >= LEARNED + CHECK_AFTER[len(checked.passed("tests"))]
        assert all(due_at >= each.at + WEEK for each in before)


RIGHT = [asked(1), asked(4)]
WRONG = asked(1, right=False)


@pytest.mark.parametrize(
    ("done", "answers", "unmarked", "marked"),
    [
        ([], [], Stage.OPEN, Stage.LEARNED),
        (["tests-0"], [], Stage.PRACTISED, Stage.LEARNED),
        (["models-0"], [asked(1, skill="models")], Stage.OPEN, Stage.LEARNED),
        ([], [asked(1)], Stage.PRACTISED, Stage.LEARNED),
        ([], [WRONG], Stage.OPEN, Stage.LEARNED),
        ([], [asked(1, right=None)], Stage.OPEN, Stage.LEARNED),
        ([], [asked(1), asked(4, right=False)], Stage.PRACTISED, Stage.LEARNED),
        ([], RIGHT, Stage.PRACTISED, Stage.KEPT),
    ],
)
def test_a_skill_is_practised_by_a_tip_or_a_right_answer_learned_by_a_mark_and_kept_by_checks(
    done: list[str], answers: list[Asked], unmarked: Stage, marked: Stage
) -> None:
    steps = [Practised(tip, Step.DONE, LEARNED) for tip in done]
    records = [record_of(learned=learned, steps=steps, asked=answers) for learned in ((), ("tests",))]
    assert [record.stage(CATALOG, TESTS) for record in records] == [unmarked, marked]
    assert ("tests" in records[0].practised(CATALOG)) is (unmarked is Stage.PRACTISED)


def test_a_tip_that_is_no_longer_given_still_counts_for_its_skill() -> None:
    old = Retired(slug="old", title="Do it the old way", skill="tests")
    catalog = replace(CATALOG, retired={"old": old})
    record = record_of(steps=[Practised("old", Step.DONE, LEARNED)])
    assert record.stage(catalog, TESTS) is Stage.PRACTISED
    again = record.with_learned("tests", LEARNED).with_use(Use("old", Answer.AGAIN, LEARNED + WEEK))
    assert again.stage(catalog, TESTS) is Stage.KEPT
