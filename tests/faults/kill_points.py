"""Points at which a process kills itself: around a use case, which the bot or a job runs in a transaction."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

When = Literal["before", "during", "after"]


class KillPoint(NamedTuple):
    """`before` and `after` are outside of the use case's transaction; `during` is just before its commit."""

    use_case: Callable[..., Any]
    when: When

    def order(self, nth: int = 1) -> dict[str, Any]:
        """Return what a process is ordered that kills itself when it gets here for the nth time."""
        return {"use_case": name_of(self.use_case), "when": self.when, "nth": nth}


def name_of(use_case: Callable[..., Any], args: tuple[Any, ...] = ()) -> str:
    """Return the name of a use case. A request writes through a function that gets the use case as an argument."""
    through = use_case.__module__ == "bot.slack.request"
    named = next((each for each in args if callable(each)), use_case) if through else use_case
    return f"{named.__module__}.{named.__qualname__}"
