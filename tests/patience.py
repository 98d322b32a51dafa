"""Let no test fail because the machine is slow: in tests, nothing reaches the time limits of the bot and of Slack.

A test of such a limit sets it itself. `python -m tests.patience bot run` is `python -m bot run` with these limits;
with `--stops-soon` before `bot`, it waits for nothing at a stop. `python -m tests.patience bot play` is the playground
with them, its bot included.
"""

import runpy
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from bot.ops import check
from bot.run import app
from bot.slack import edge, gateway, people
from bot.store import postgres, sqlite

LONG, SOON = 60, 0.2  # seconds; the first less than a whole test may take
IN_SLACK = (
    (edge, "IN_TIME"),
    (gateway, "ASKING_TIMEOUT"),
    (people, "ASKING_TIMEOUT"),
    (gateway, "PREPARING"),
    (gateway, "SHARING"),
)
AT_A_STOP = ((app, "HTTP_GRACE"), (app, "DRAIN"), (app, "LAST_REPLIES"))
IN_POSTGRES = dict.fromkeys(("lock_timeout", "statement_timeout"), "90s")


@contextmanager
def patience(*, at_a_stop: float | None = None) -> Iterator[None]:
    """Make the bot in this process wait long for its database and for Slack, and so long for requests at a stop."""
    limits = dict.fromkeys(IN_SLACK, LONG) | (dict.fromkeys(AT_A_STOP, at_a_stop) if at_a_stop is not None else {})
    with ExitStack() as stack:
        for (module, name), seconds in limits.items():
            stack.enter_context(patch.object(module, name, seconds))
        stack.enter_context(patch.dict(postgres.LIMITS, IN_POSTGRES))
        stack.enter_context(patch.object(check.check, "__defaults__", (LONG,)))
        for store, defaults in ((postgres.PostgresStore, (LONG, LONG)), (sqlite.SqliteStore, (LONG,))):
            stack.enter_context(patch.object(store.__init__, "__defaults__", defaults))
        yield


def _be_patient_in_the_playground() -> None:
    """Let moves of the clock and a start take long too, and start the bot with long limits."""
    from bot.playground.demo import play, travel  # noqa: PLC0415 - the bot alone needs none of this
    from bot.playground.emulator import app_runner  # noqa: PLC0415 - as above
    from bot.playground.emulator.emulator import Emulator  # noqa: PLC0415 - as above

    travel.MAX_SECONDS = app_runner.START_SECONDS = LONG
    for function, changed in (
        (Emulator.__init__, {"timeout": float(LONG)}),
        (play.play, {"command": (sys.executable, "-m", __spec__.name, "bot.playground.demo.past")}),
    ):
        defaults = function.__kwdefaults__
        assert defaults is not None
        assert defaults.keys() >= changed.keys()
        defaults.update(changed)


if __name__ == "__main__":
    del sys.argv[0]
    if "play" in sys.argv:
        _be_patient_in_the_playground()
    soon = sys.argv[0] == "--stops-soon"
    del sys.argv[: int(soon)]
    with patience(at_a_stop=SOON if soon else LONG):
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
