"""The figures about peers say what was kept, and all are killed at the same moments."""

import pytest

from tests.benchmarks.figures import Ratio, Side
from tests.benchmarks.p_due import AllDue, Shares, Watched
from tests.benchmarks.p_kills import Ordeal

CALM = Watched([0.001] * 100, [0.001] * 100, [0.0] * 100)


@pytest.mark.parametrize(
    ("commands", "beats", "kept"),
    [
        pytest.param([0.01] * 100, [0.001, 0.019], True, id="under both"),
        pytest.param([0.01] * 100, [0.001, 0.021], False, id="one long stall"),
        pytest.param([0.01] * 90 + [0.06] * 10, [0.001], False, id="slow commands"),
    ],
)
def test_a_long_stall_or_slow_commands_miss_the_target(commands: list[float], beats: list[float], kept: bool) -> None:
    busy = Watched(commands, beats, [0.0] * len(beats))
    assert AllDue("the bot", 5, 5, 1.0, CALM, busy, has_target=True).kept is kept
    assert AllDue("a peer", 5, 5, 1.0, CALM, busy, has_target=False).kept is None


def test_the_bot_is_given_as_shares_of_the_peer() -> None:
    def found(seconds: float) -> AllDue:
        return AllDue("", 5, 5, 1.0, CALM, Watched([seconds] * 100, [seconds], [seconds]), has_target=False)

    shares = Shares(found(0.01), found(1.0)).fields()
    assert (shares["stall"], shares["p99"]) == pytest.approx((0.01, 0.01))


def test_kills_are_spread_over_all_the_tips_and_the_same_each_time() -> None:
    moments = Ordeal(members=100, seconds=10, kills=5).moments()
    assert [int(moment // 2) for moment in moments] == [0, 1, 2, 3, 4]
    assert moments == Ordeal(members=100, seconds=10, kills=5).moments()


def test_a_ratio_of_one_round_has_no_spread() -> None:
    spread = Ratio("T", Side("ours", [2]), Side("theirs", [4]), "s").spread
    assert (spread.low, spread.middle, spread.high) == (0.5, 0.5, 0.5)
