"""A milestone is said once, when it is reached, and not again."""

from datetime import UTC, datetime

import pytest

from bot.core.learning import FIRST_TIP, after_done, after_learned, path_of
from bot.core.practice import History, Practised, Step, last_steps
from tests.made_up import made_up

CATALOG = made_up()
TESTER = CATALOG.roles["tester"]  # eight skills
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("tips", "said"), [((), None), (("a",), FIRST_TIP), (("a", "b"), None)])
def test_only_the_first_tip_done_is_a_milestone(tips: tuple[str, ...], said: str | None) -> None:
    assert after_done(History(last_steps(Practised(tip, Step.DONE, NOW) for tip in tips))) == said


@pytest.mark.parametrize("size", range(1, 9))
def test_a_path_has_a_half_and_an_end_whatever_its_length(size: int) -> None:
    role = TESTER.model_copy(update={"skills": TESTER.skills[:size]})
    said = []
    for number, skill in enumerate(CATALOG.path(role), start=1):
        said.append(after_learned(skill, path_of(CATALOG, role, role.skills[:number])))
    end = f"You finished the path to {role.becomes}."
    half = (size + 1) // 2
    expected: list[str | None] = [None] * size
    expected[half - 1] = f"Half of the path to {role.becomes}."
    expected[-1] = end
    assert said == expected


def test_a_skill_beside_the_path_reaches_nothing_on_it() -> None:
    beside = CATALOG.skills["streams"]
    assert after_learned(beside, path_of(CATALOG, TESTER, TESTER.skills)) is None
    assert after_learned(beside, None) is None
