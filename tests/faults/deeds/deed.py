"""One line of the proof's table: a verb of the coach, what it is given, and the screens that show its answer."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection

from tests.faults.neighbours import Turn

Given = Callable[[Connection, Turn], tuple[Any, ...]]
View = Callable[[Any], Any]
Then = Callable[[Connection, Turn, Any], Any]


def nothing(_tx: Connection, _on: Turn, _found: Any) -> None:
    """No screen beside those that show the answer as it is."""


class Deed(NamedTuple):
    """`then`: the screens for which the answer alone is not enough. `leads_to`: the verb that mostly comes next.

    `across`: the verb works for all workspaces by nature, and what it answers, or shows then, is a list or a number.
    """

    verb: Callable[..., Any]
    given: Given
    views: tuple[View, ...] = ()
    then: Then = nothing
    often: float = 1.0  # against the others
    across: bool = False
    leads_to: Callable[..., Any] | None = None
