"""What a number says to who reads it and knows the rules: which true counts it may stand for."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.faults.judge import Numbers

FEWEST, SHARE, LEAST_ACTIVE = 5, 5, 15  # people behind a number; it is rounded so; who did anything in the week


def largest(active: int, people: int) -> int:
    """Return the largest number that may be told of a week: never that fewer than five did nothing, or not this."""
    return (min(active, people - FEWEST) - FEWEST + SHARE // 2) // SHARE * SHARE


class Told(NamedTuple):
    """What was told of a fact, each time when figures of a week were taken: its number, and the largest of all."""

    fact: str
    numbers: tuple[tuple[int | None, int], ...]

    def fits(self, counts: Sequence[Numbers]) -> bool:
        """Return whether all of it can be read so. `counts`: who did nothing, something else, or this."""
        return all(
            reads(number, did, did + others, did + others + nobody)
            and did + others >= LEAST_ACTIVE
            and most <= largest(did + others, did + others + nobody)
            for (number, most), (nobody, others, did) in zip(self.numbers, counts, strict=True)
        )


def reads(number: int | None, did: int, active: int, people: int) -> bool:
    """Return whether this number may stand for so many who did it, of so many who did anything."""
    if number is None:
        return did < FEWEST
    if number % SHARE:
        return number == did  # it is not rounded
    return did >= FEWEST and number == min((did + SHARE // 2) // SHARE * SHARE, largest(active, people))


class Unnamed(NamedTuple):
    """A line without a name was read, and so many were with a name: five or more share one, and five or more do not."""

    named: int

    def fits(self, counts: Sequence[Numbers]) -> bool:
        ((others, unnamed),) = counts
        return unnamed >= max(1, FEWEST - self.named) and others >= FEWEST
