"""Points at which a process kills itself: around a use case, which the bot or a job runs in a transaction."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

When = Literal["before", "during", "after"]


class KillPoint(NamedTuple):
    """`before` and `after` are outside of the use case's transaction; `during` is just before its commit."""

    use_case: Callable[..., Any]
    when: When

    def order(self, nth: int = 1) -> dict[str, Any]:
        """Return what a process is ordered that kills itself when it gets here for the nth time."""
        return {"use_case": name_of(self.use_case), "when": self.when, "nth": nth}


def name_of(use_case: Callable[..., Any]) -> str:
    """Return the name of a use case, also where it is wrapped, or a request writes through a function of its own."""
    named = inspect.unwrap(use_case)
    if named.__module__ == "bot.slack.request":
        named = inspect.getclosurevars(named).nonlocals["use_case"]
    named = named.func if isinstance(named, partial) else named
    return f"{named.__module__}.{named.__qualname__}"
