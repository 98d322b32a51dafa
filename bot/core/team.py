"""Which figures about a team may be shown, so that nothing about fewer than five people can be read from them.

A figure is left out below five people and rounded to the nearest five above: whatever is left over between two
figures, of one report or of two weeks, may then be nobody or may be five, and is never surely one to four. Groups too
small to be shown are only counted together if any of them may still be empty: two roles under five that make five
together would each be known to hold somebody. A total is never counted beside its parts but added up from what is
shown of them, and so are bars, growth and the order of lists; "learned since" counted apart would tell how few learned
a skill whose figure went up. Where one member can count many times, nobody counts for more than the fifth busiest, so
that no four of them make the figure.

What this can't hide: who already knows all about everybody behind a figure but one may learn from it about that one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.catalog import Catalog, Role, Skill, Theme
from bot.core.delivery import State
from bot.core.learning import Tally

FEWEST = 5  # people behind a figure, and the step to which it is rounded
NEEDED_MOST = 10  # skills in the list of those that are known least

Figures = Mapping[str, int]  # name → a multiple of five; what may not be shown is not there
MEMBERS, WEEKLY, IN_ROLES, OTHER_ROLES = "members", "weekly tips", "in a role of five", "other roles"
USEFUL, NOT_USEFUL = "tips useful", "tips not useful"


@dataclass(frozen=True, slots=True)
class Population:
    """The true counts of members: in all, with weekly tips on, by role and by learned skill; never shown or stored.

    `useful` and `not_useful`: for each number of tips, how many members marked so many.
    """

    members: int
    weekly: int
    roles: Mapping[str, int]
    skills: Mapping[str, int]
    useful: Mapping[int, int]
    not_useful: Mapping[int, int]


class RoleGroup(NamedTuple):
    """Members with one role; `members` None: fewer than five."""

    role: Role
    members: int | None


class Known(NamedTuple):
    """A skill, and how many know it; None: fewer than five."""

    skill: Skill
    by: int | None


class Covered(NamedTuple):
    """Of all the skills that all members could know on a path or in a theme, how many they do."""

    of: Role | Theme
    tally: Tally


@dataclass(frozen=True, slots=True)
class Team:
    """What a team may see of itself: people to the nearest five, None for fewer.

    `gained`: how many skills more than in the earlier report; None where there is none.
    """

    members: int
    weekly: int | None
    with_role: int | None
    roles: tuple[RoleGroup, ...]
    other_roles: int | None
    learned: int | None
    gained: int | None
    paths: tuple[Covered, ...]
    themes: tuple[Covered, ...]
    needed: tuple[Known, ...]
    useful: int | None
    not_useful: int | None


class Ended(NamedTuple):
    """Nudges that did not arrive: how they ended and why; `members` is who was to get them."""

    state: State
    reason: str | None
    members: int


def rounded(count: int) -> int | None:
    """The nearest multiple of five; None below five."""
    return (count + FEWEST // 2) // FEWEST * FEWEST if count >= FEWEST else None


def together(marks: Mapping[int, int]) -> int:
    """The sum of what each gave, in which nobody counts for more than the fifth busiest; 0 where there are only four.

    `marks`: for each number that somebody gave, how many gave so many.
    """
    busiest_first = sorted(Counter(marks).elements(), reverse=True)
    if len(busiest_first) < FEWEST:
        return 0
    return sum(min(given, busiest_first[FEWEST - 1]) for given in busiest_first)


def merged(small: Collection[int]) -> int | None:
    """Groups of fewer than five counted together; never more than if one of them, whichever, were empty."""
    room = (len(small) - 1) * (FEWEST - 1)
    return rounded(min(sum(small), room))


def figures(catalog: Catalog, population: Population) -> dict[str, int]:
    """All that may be shown; nothing of a team of fewer than five."""
    members = rounded(population.members)
    if members is None:
        return {}
    roles = {slug: population.roles.get(slug, 0) for slug in catalog.roles}
    shown = {slug: count for slug, count in roles.items() if count >= FEWEST}
    found = {
        MEMBERS: members,
        WEEKLY: rounded(population.weekly),
        IN_ROLES: rounded(sum(shown.values())),
        OTHER_ROLES: merged([count for slug, count in roles.items() if slug not in shown]),
        USEFUL: rounded(together(population.useful)),
        NOT_USEFUL: rounded(together(population.not_useful)),
        **{_of_role(slug): rounded(count) for slug, count in shown.items()},
        **{_of_skill(slug): rounded(population.skills.get(slug, 0)) for slug in catalog.skills},
    }
    return {name: count for name, count in found.items() if count is not None}


def team(catalog: Catalog, now: Figures, before: Figures | None) -> Team:
    """The report that follows from figures, and from those of an earlier report."""
    by_skill = {slug: now.get(_of_skill(slug)) for slug in catalog.skills}
    learned = sum(by or 0 for by in by_skill.values())
    known = (Known(skill, by_skill[skill.slug]) for skill in catalog.skills.values())
    in_themes = {theme: [skill.slug for skill in catalog.skills.values() if skill.theme == theme.slug]
                 for theme in catalog.themes.values()}  # fmt: skip
    return Team(
        members=now[MEMBERS],
        weekly=now.get(WEEKLY),
        with_role=(now.get(IN_ROLES, 0) + now.get(OTHER_ROLES, 0)) or None,
        roles=tuple(RoleGroup(role, now.get(_of_role(role.slug))) for role in catalog.roles.values()),
        other_roles=now.get(OTHER_ROLES),
        learned=learned or None,
        gained=None if before is None else learned - sum(before.get(_of_skill(slug), 0) for slug in catalog.skills),
        paths=tuple(Covered(role, _tally(role.skills, by_skill, now)) for role in catalog.roles.values()),
        themes=tuple(Covered(theme, _tally(slugs, by_skill, now)) for theme, slugs in in_themes.items()),
        needed=tuple(sorted(known, key=lambda one: (one.by or 0, one.skill.name))[:NEEDED_MOST]),
        useful=now.get(USEFUL),
        not_useful=now.get(NOT_USEFUL),
    )


def shown_of(ended: Iterable[Ended]) -> tuple[Ended, ...]:
    """The same with numbers that may be shown, in an order that follows from nothing else."""
    shown = (one._replace(members=members) for one in ended if (members := rounded(one.members)) is not None)
    return tuple(sorted(shown, key=lambda one: (one.state, one.reason or "")))


def _tally(slugs: Collection[str], by_skill: Mapping[str, int | None], now: Figures) -> Tally:
    return Tally(sum(by_skill[slug] or 0 for slug in slugs), now[MEMBERS] * len(slugs))


def _of_role(slug: str) -> str:
    return f"role:{slug}"


def _of_skill(slug: str) -> str:
    return f"skill:{slug}"
