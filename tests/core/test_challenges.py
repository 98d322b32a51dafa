"""The state of a challenge at a moment: whether it is open, and what its message shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.challenges import ChallengeState, Standing, shown
from bot.core.errors import UserError
from tests.coach.challenge import DRAFT

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE = replace(DRAFT, starts_at=NOW, ends_at=NOW + 7 * DAY, state=ChallengeState.OPEN, postings=1)


@pytest.mark.parametrize("state", ChallengeState)
def test_only_an_open_one_can_be_taken_part_in_and_the_others_say_why(state: ChallengeState) -> None:
    challenge = replace(ONE, state=state)
    assert challenge.is_on(NOW) is (state is ChallengeState.OPEN)
    if state is not ChallengeState.OPEN:
        said = "was cancelled" if state is ChallengeState.CANCELLED else "is not open now"
        with pytest.raises(UserError, match=said):
            challenge.check_on(NOW)


states = st.sampled_from(ChallengeState)
standings = st.builds(Standing, st.integers(0, 30), st.integers(0, 30))


@given(states, standings, states, standings)
def test_what_the_message_says_differs_exactly_where_a_reader_would_see_it(
    state: ChallengeState, standing: Standing, other: ChallengeState, others: Standing
) -> None:
    first, second = replace(ONE, state=state), replace(ONE, state=other)
    assert (shown(first, standing) == shown(second, others)) is ((state, standing) == (other, others))
    assert len(shown(first, standing)) <= 64  # the size of its column
