"""What somebody concludes who sees figures: an exhaustive search over everything that may have happened.

The judge knows who was counted when, but not what anybody did. People who were counted in the same figures can be
exchanged for each other, so a world is how many of each kind did what. The judge keeps all worlds that would have
looked the same. Something is told about a set of at most four people if what they may have done, taken together, is in
no world that is left: "not all four did it" is as much told as "all four did it". A count that is known exactly is
told, too, as who knows what all others did would then know the last.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations_with_replacement
from operator import add
from typing import NamedTuple, Protocol

FEW = 4  # people: the largest set about which nothing may be told
Numbers = tuple[int, ...]


class Evidence(Protocol):
    """What was seen, as a value that can be compared."""

    def __hash__(self) -> int: ...

    def fits(self, counts: Sequence[Numbers]) -> bool:
        """Return whether it would have looked so if of each group so many people had done each thing."""


class Kind(NamedTuple):
    """So many people who are in the same groups: those with these numbers."""

    size: int
    groups: Numbers


class World(NamedTuple):
    """How many of each group did what; and the same of each kind, where four stands for more."""

    counts: tuple[Numbers, ...]
    few: Numbers


def told(what: tuple[str, ...], groups: Sequence[frozenset[str]], seen: Evidence) -> Iterator[str]:
    """Yield what is told. `what`: the things of which each person did one; `groups`: who was counted, each time."""
    sizes = Counter(
        tuple(number for number, group in enumerate(groups) if who in group) for who in frozenset().union(*groups)
    )
    kinds = tuple(sorted((Kind(size, those) for those, size in sizes.items()), reverse=True))
    yield from _told(what, kinds, len(groups), seen)


@cache
def _told(what: tuple[str, ...], kinds: tuple[Kind, ...], groups: int, seen: Evidence) -> tuple[str, ...]:
    worlds = [world for world in _worlds(len(what), kinds, groups) if seen.fits(world.counts)]
    if not worlds:
        return (f"nothing that can have happened looks like {seen}",)
    exact = [group for group in range(groups) if len({world.counts[group][-1] for world in worlds}) == 1]
    return (
        *(f"exactly so many did it: {worlds[0].counts[group][-1]}, by {seen}" for group in exact),
        *(f"it was not so: {those}; by {seen}" for those in _excluded(what, kinds, {world.few for world in worlds})),
    )


@cache
def _worlds(things: int, kinds: tuple[Kind, ...], groups: int) -> frozenset[World]:
    """Return everything that may have happened."""
    worlds = {World(((0,) * things,) * groups, ())}
    for kind in kinds:
        worlds = {
            World(
                tuple(
                    tuple(map(add, count, split)) if group in kind.groups else count
                    for group, count in enumerate(world.counts)
                ),
                world.few + tuple(min(count, FEW) for count in split),
            )
            for world in worlds
            for split in _splits(kind.size, things)
        }
    return frozenset(worlds)


def _excluded(what: tuple[str, ...], kinds: tuple[Kind, ...], possible: set[Numbers]) -> Iterator[str]:
    """Yield what no four people can have done, taken together."""
    places = [(kind, thing) for kind in range(len(kinds)) for thing in range(len(what))]
    for chosen in combinations_with_replacement(range(len(places)), min(FEW, sum(kind.size for kind in kinds))):
        of_kind = Counter(places[place][0] for place in chosen)
        if any(count > kinds[kind].size for kind, count in of_kind.items()):
            continue
        wanted = Counter(chosen)
        if not any(all(few[place] >= least for place, least in wanted.items()) for few in possible):
            those = ((least, kinds[places[place][0]].size, what[places[place][1]]) for place, least in wanted.items())
            yield ", ".join(f"{least} of {size} {thing}" for least, size, thing in those)


@cache
def _splits(size: int, parts: int) -> tuple[Numbers, ...]:
    """Return all ways to split so many people into so many parts."""
    if parts == 1:
        return ((size,),)
    return tuple((first, *rest) for first in range(size + 1) for rest in _splits(size - first, parts - 1))


# What a number says to who reads it and knows the rules: which true counts it may stand for.

FEWEST, SHARE, LEAST_ACTIVE = 5, 5, 15  # people behind a number; it is rounded so; who did anything in the week


def largest(active: int, people: int) -> int:
    """Return the largest number that may be told of a week.

    Nobody learns from it that fewer than five people did nothing, or that fewer than five did something else.
    """
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
