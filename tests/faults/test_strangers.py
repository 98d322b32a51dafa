"""The short form of P14: each attack for two seconds against the real bot behind the shipped nginx.conf."""

import pytest

from tests.faults.attacks import ATTACKS
from tests.faults.proxy import NEEDED, NGINX
from tests.faults.strangers import MAX_GROWTH, MAX_P99, PATIENCE, SHORT, Seen, one_attack

pytestmark = pytest.mark.timeout(900)
SLACK_WAITS = 3.0  # seconds, until it tells a person that the app did not respond
TIMES = 50  # as long as without an attack may a command take on a busy machine
TRIES = 3


@pytest.mark.skipif(NGINX is None, reason=NEEDED)
@pytest.mark.parametrize("name", ATTACKS)
def test_strangers_keep_nobody_waiting(name: str) -> None:
    """The proof has the promised limit. Here, other tests run beside this one: they may take all of the machine."""
    for _ in range(TRIES):
        seen = one_attack(name, SHORT)
        broken = seen.broken(min(max(SLACK_WAITS, TIMES * seen.calm), PATIENCE))
        if not broken:
            return
    pytest.fail("; ".join(broken))


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (Seen("x", commands=[MAX_P99], health=[0.1], sent=1), "x: commands took 0.50 s at p99"),
        (Seen("x", commands=[0.1], health=[PATIENCE], sent=1), "x: /healthz took 60.00 s at p99"),
        (Seen("x", commands=[], health=[0.1], sent=1), "x: commands took 60.00 s at p99"),
        (Seen("x", commands=[0.1], health=[0.1], growth=MAX_GROWTH + 1, sent=1), "x: memory grew by 31 MB"),
        (Seen("x", commands=[0.1], health=[0.1]), "x: no attack took place"),
    ],
)
def test_a_broken_promise_is_seen(seen: Seen, said: str) -> None:
    assert seen.broken() == [said]
