"""The rows of the proof's tables: a verb of the coach, or a request to the bot, and how to draw its arguments."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.core.member import MemberKey
from tests.faults.neighbours import Turn

Some = tuple[Any, ...]  # the arguments of a verb
Given = Callable[[Connection, Turn], Some]
View = Callable[[Any], Any]
Then = Callable[[Connection, Turn, Any], Any]


def a_member(_tx: Connection, on: Turn) -> Some:
    return (on.who(),)


def a_member_now(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.now


def nothing(_tx: Connection, _on: Turn, _found: Any) -> None:
    """Show nothing: a deed without further screens."""


class Deed(NamedTuple):
    """One verb; `then`: the screens for which the answer alone is not enough; `leads_to`: what mostly comes next.

    `across`: the verb works for all workspaces by nature, and what it answers, or shows then, is a list, a number, or
    the first of some moments. `in_batches`: the verb is repeated until it finds nothing more.
    """

    verb: Callable[..., Any]
    given: Given
    views: tuple[View, ...] = ()
    then: Then = nothing
    often: float = 1.0  # against the others
    across: bool = False
    in_batches: bool = False
    leads_to: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        return f"{self.verb.__module__.removeprefix('bot.coach.')}.{self.verb.__name__}"


class Asked(NamedTuple):
    """Who asks the bot for something, with which words after the verb, and what was filled in where it is a form."""

    who: MemberKey
    words: str = ""
    fields: dict[str, str] | None = None


class Said(NamedTuple):
    """What people type, press and send: answered by the real command, click or form."""

    name: str
    answer: Callable[..., Awaitable[Any]]
    asked: Callable[[Connection, Turn], Asked]
    often: float
