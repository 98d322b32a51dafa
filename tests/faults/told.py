"""What members were told about their presses, and what must be stored about them as a consequence."""

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
    """A button: where it leads from each place, and how the bot says whether something has changed."""

    after: Callable[[Where], Where]
    changed: str
    unchanged: tuple[str, ...]


VERBS = {
    "join": Verb(
        lambda where: Where.IN if where is Where.OUT else where,
        "You're in: ",
        ("You're in already", "You did it already."),
    ),
    "did-challenge": Verb(lambda _: Where.DONE, "Noted: you did it.", ("You did it already; it counts once.",)),
    "undo-challenge": Verb(
        lambda where: Where.IN if where is Where.DONE else where, "Taken back: ", ("It was not done anyway.",)
    ),
    "leave": Verb(lambda _: Where.OUT, "You're out. ", ("You weren't in.",)),
}
OVER = "That challenge is not open now."
TRY_AGAIN = "Nothing was changed. Try again in a minute."


@dataclass(frozen=True)
class Press:
    """One press of a member with all its copies. `before` and `after`: whether all came before or after the end."""

    verb: str
    copies: Sequence[Copy]
    before: bool
    after: bool

    @property
    def words(self) -> list[str]:
        return [copy.words for copy in self.copies if copy.words]

    @property
    def unanswered(self) -> int:
        """Return how many copies may or may not have been stored."""
        return len(self.copies) - len(self.words)

    @property
    def said_twice(self) -> bool:
        """Return whether two bots with the same microsecond each said that theirs was the first. One bot never does."""
        bots = Counter(copy.bot.process.pid for copy in self.copies if copy.words.startswith(VERBS[self.verb].changed))
        return bots.total() > 1 and max(bots.values()) == 1

    def starting(self, *starts: str) -> int:
        return sum(words.startswith(starts) for words in self.words)


@dataclass
class Standing:
    """Where a member may stand after what they were told. After a kill, several places may be possible."""

    possible: frozenset[Where]
    broken: list[str]

    @classmethod
    def after(cls, presses: Iterable[Press]) -> "Standing":
        """Return where a member may stand after these presses."""
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
        """Return whether a member at this place can get these answers: exactly one says that something changed."""
        changes = VERBS[press.verb].after(where) is not where
        if changed:
            return changes
        return not changes or press.unanswered > 0 or refused == len(press.words)
