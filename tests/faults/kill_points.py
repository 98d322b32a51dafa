"""Points at which a process kills itself: around a verb of the coach, which the bot or a job runs in a transaction."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

When = Literal["before", "during", "after"]


class KillPoint(NamedTuple):
    """`before` and `after` are outside of the verb's transaction; `during` is just before its commit."""

    verb: Callable[..., Any]
    when: When

    def order(self, nth: int = 1) -> dict[str, Any]:
        """Return what a process is ordered that kills itself when it gets here for the nth time."""
        return {"verb": name_of(self.verb), "when": self.when, "nth": nth}


def name_of(verb: Callable[..., Any], args: tuple[Any, ...] = ()) -> str:
    """Return the name of a verb. A request writes through a function of its own, which gets the verb as an argument."""
    through = verb.__module__ == "bot.slack.request"
    named = next((each for each in args if callable(each)), verb) if through else verb
    return f"{named.__module__}.{named.__qualname__}"
