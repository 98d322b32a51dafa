"""Which figures about a team may be shown: k-anonymity, with k = 5, for those who did and for those who did not.

The rule, for a figure that says how many of all members did something:

1. Below five it is not shown. From five on it is rounded to the nearest five.
2. It is never shown above five less than the shown number of members (top-coding). "About 30 or more" of about 35
   may be all of them, or five fewer: no reader learns that all did it, nor that only one to four did not.
3. While about ten members or fewer are met, only their number is shown, as rule 2 leaves nothing else.

Rules 2 and 3 use the shown number of members alone, so they tell nothing more about the true number. They hold again
when figures are read, as older snapshots were taken without them.

Parts of a whole: roles are told from the largest on, until fewer than five members might be left over for the rest.
Roles too small to be shown are counted together only if any of them may still be empty: two roles under five that make
five together would each be known to hold somebody. A total is never counted beside its parts but added up from what is
shown of them, and so are bars, growth and the order of lists; "learned since" counted apart would tell how few learned
a skill whose figure went up. Two weeks differ by whole fives. Where one member can count many times, nobody counts for
more than the fifth busiest, so that no four of them make the figure.

What this can't hide: who already knows all about everybody behind a figure but one may learn from it about that one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.catalog import Catalog, Role, Skill, Theme
from bot.core.learning import Tally
from bot.core.outbox import DeliveryState

FEWEST = 5  # people behind a figure, and the step to which it is rounded
FEWEST_FOR_FIGURES = 3 * FEWEST  # members, as shown, from which on other figures than their number are shown
ROUNDED_BY = FEWEST // 2  # at most
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
    """Members with one role; `members` None: fewer than five, or untold as it would tell of those left over."""

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
    top: int  # the largest figure; one that is equal to it stands for all above it too. 0: no figure can be shown
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

    state: DeliveryState
    reason: str | None
    members: int


def top(members: int) -> int:
    """Return the largest figure that may be shown beside this shown number of members; 0: none may."""
    return members - FEWEST if members >= FEWEST_FOR_FIGURES else 0


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
    return protected({name: count for name, count in found.items() if count is not None})


def protected(found: Figures) -> dict[str, int]:
    """Return the figures without what tells of fewer than five who did not; protected figures stay as they are."""
    highest = top(found[MEMBERS])
    if not highest:
        return {MEMBERS: found[MEMBERS]}
    sums = {USEFUL, NOT_USEFUL, MEMBERS}  # of tips, or the whole itself
    capped = {name: count if name in sums else min(count, highest) for name, count in found.items()}
    untold = _untold_groups(capped)
    return {name: count for name, count in capped.items() if name not in untold}


def _untold_groups(found: Figures) -> set[str]:
    """Return the names of groups that, told beside the larger ones, would say that fewer than five are left over."""
    parts = sorted((name for name in found if name.startswith(_of_role(""))), key=lambda name: (-found[name], name))
    room = found[MEMBERS] + ROUNDED_BY - FEWEST
    together_at_least = 0
    for number, name in enumerate(parts):
        together_at_least += _at_least(found[name])
        if together_at_least > room:
            return {*parts[number:], OTHER_ROLES}
    in_roles = max(together_at_least, _at_least(found.get(IN_ROLES, 0)))
    return {OTHER_ROLES} if in_roles + _at_least(found.get(OTHER_ROLES, 0)) > room else set()


def _at_least(figure: int) -> int:
    """Return the fewest people that a figure may stand for."""
    return max(figure - ROUNDED_BY, FEWEST) if figure else 0


def team(catalog: Catalog, now: Figures, before: Figures | None) -> Team:
    """Return the report that follows from figures, and from those of an earlier report."""
    now, highest = protected(now), top(now[MEMBERS])
    before = protected(before) if before and top(before[MEMBERS]) else None
    by_skill = {slug: now.get(_of_skill(slug)) for slug in catalog.skills}
    learned = sum(by or 0 for by in by_skill.values())
    known = [Known(skill, by_skill[skill.slug]) for skill in catalog.skills.values()]
    may_need_help = [each for each in known if (each.by or 0) < highest]
    in_themes = {theme: [skill.slug for skill in catalog.skills.values() if skill.theme == theme.slug]
                 for theme in catalog.themes.values()}  # fmt: skip
    return Team(
        members=now[MEMBERS],
        top=highest,
        weekly=now.get(WEEKLY),
        with_role=(now.get(IN_ROLES, 0) + now.get(OTHER_ROLES, 0)) or None,
        roles=tuple(RoleGroup(role, now.get(_of_role(role.slug))) for role in catalog.roles.values()),
        other_roles=now.get(OTHER_ROLES),
        learned=learned or None,
        gained=None if before is None else learned - sum(before.get(_of_skill(slug), 0) for slug in catalog.skills),
        paths=tuple(Covered(role, _tally(role.skills, by_skill, now)) for role in catalog.roles.values()),
        themes=tuple(Covered(theme, _tally(slugs, by_skill, now)) for theme, slugs in in_themes.items()),
        needed=tuple(sorted(may_need_help, key=lambda each: (each.by or 0, each.skill.name))[:NEEDED_MOST]),
        useful=now.get(USEFUL),
        not_useful=now.get(NOT_USEFUL),
    )


def shown_of(ended: Iterable[Ended], highest: int) -> tuple[Ended, ...]:
    """Return the nudges with numbers that may be shown, `highest` at most, in an order that tells nothing more."""
    counts = ((each, rounded(each.members)) for each in ended)
    shown = (each._replace(members=min(count, highest)) for each, count in counts if count is not None and highest)
    return tuple(sorted(shown, key=lambda one: (one.state, one.reason or "")))


def _tally(slugs: Collection[str], by_skill: Mapping[str, int | None], now: Figures) -> Tally:
    return Tally(sum(by_skill[slug] or 0 for slug in slugs), now[MEMBERS] * len(slugs))


def _of_role(slug: str) -> str:
    return f"role:{slug}"


def _of_skill(slug: str) -> str:
    return f"skill:{slug}"
