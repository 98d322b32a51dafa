"""The state of a challenge at a moment: whether it is open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.challenges import ChallengeState
from bot.core.errors import UserError
from tests.coach.challenge import DRAFT

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ONE = replace(DRAFT, starts_at=NOW, ends_at=NOW + timedelta(days=7), state=ChallengeState.OPEN, postings=1)


@pytest.mark.parametrize("state", ChallengeState)
def test_only_an_open_one_can_be_taken_part_in_and_the_others_say_why(state: ChallengeState) -> None:
    challenge = replace(ONE, state=state)
    assert challenge.is_on(NOW) is (state is ChallengeState.OPEN)
    if state is not ChallengeState.OPEN:
        said = "was cancelled" if state is ChallengeState.CANCELLED else "is not open now"
        with pytest.raises(UserError, match=said):
            challenge.check_on(NOW)
