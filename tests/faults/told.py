"""What members were told about their presses, and what must therefore be stored about them, and what must not."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.faults.fleet import Copy


class Where(StrEnum):
    """Where a member stands with a challenge."""

    OUT = "not in"
    IN = "in"
    DONE = "done"


@dataclass(frozen=True)
class Verb:
    """A button: what it makes of each standing, and how the bot says that something, or nothing, has changed by it."""

    after: Callable[[Where], Where]
    changed: str
    unchanged: tuple[str, ...]


VERBS = {
    "join": Verb(
        lambda where: Where.IN if where is Where.OUT else where,
        "You're in: ",
        ("You're in already", "You did it already."),
    ),
    "did": Verb(lambda _: Where.DONE, "Noted: you did it.", ("You did it already; it counts once.",)),
    "undo": Verb(
        lambda where: Where.IN if where is Where.DONE else where, "Taken back: ", ("It was not done anyway.",)
    ),
    "leave": Verb(lambda _: Where.OUT, "You're out. ", ("You weren't in.",)),
}
OVER = "That challenge is not open now."
TRY_AGAIN = "Nothing was changed. Try again in a minute."


@dataclass(frozen=True)
class Press:
    """One press of one member, in all its copies; `before` and `after`: the end of the challenge, all of them."""

    verb: str
    copies: Sequence[Copy]
    before: bool
    after: bool

    @property
    def words(self) -> list[str]:
        """All that was said about it."""
        return [copy.words for copy in self.copies if copy.words]

    @property
    def unanswered(self) -> int:
        """Copies of which nobody knows whether they were stored."""
        return len(self.copies) - len(self.words)

    @property
    def said_twice(self) -> bool:
        """Whether two bots that read the same microsecond each said that theirs was the first; one bot never does."""
        bots = Counter(copy.bot.process.pid for copy in self.copies if copy.words.startswith(VERBS[self.verb].changed))
        return bots.total() > 1 and max(bots.values()) == 1

    def starting(self, *starts: str) -> int:
        """How many answers start like this."""
        return sum(words.startswith(starts) for words in self.words)


@dataclass
class Standing:
    """Where a member may stand after all that they were told: one place, or several where a kill left a doubt."""

    possible: frozenset[Where]
    broken: list[str]

    @classmethod
    def after(cls, presses: Iterable[Press]) -> "Standing":
        """Follows a member's presses, one after the other."""
        standing = cls(frozenset({Where.OUT}), [])
        for press in presses:
            standing._follow(press)
        return standing

    def _follow(self, press: Press) -> None:
        verb = VERBS[press.verb]
        changed, unchanged = press.starting(verb.changed), press.starting(*verb.unchanged)
        refused, again = press.starting(OVER), press.starting(TRY_AGAIN)
        if changed + unchanged + refused + again != len(press.words):
            self.broken.append(f"not an answer to {press.verb}: {press.words}")
        if changed > 1 and not press.said_twice:
            self.broken.append(f"counted {changed} times: {press.verb}")
        if refused and press.before:
            self.broken.append(f"refused while it was open: {press.verb}")
        if changed + unchanged and press.after:
            self.broken.append(f"stored after the end was answered: {press.verb}")
        before = frozenset(where for where in self.possible if self._fits(press, where, changed, refused + again))
        if not before:
            self.broken.append(f"{press.verb} was answered {press.words}, though they were {sorted(self.possible)}")
            before = self.possible
        after = frozenset(verb.after(where) for where in before)
        sure = changed + unchanged > 0
        kept = frozenset() if sure else before
        self.possible = kept | after if sure or (press.unanswered and not press.after) else before

    def _fits(self, press: Press, where: Where, changed: int, refused: int) -> bool:
        """Whether these answers can be given to somebody who stood there: what changes something says so, once."""
        changes = VERBS[press.verb].after(where) is not where
        if changed:
            return changes
        return not changes or press.unanswered > 0 or refused == len(press.words)
