"""Decide which figures about a team may be shown: k-anonymity with k = 5, for members who did something and for others.

Rules for a figure that says how many members did something:

1. A figure below five is not shown. Others are rounded to the nearest five.
2. It is shown as at most the shown number of members minus five (top-coding). "About 30 or more" of about 35 may mean
   all of them, or five fewer. No reader learns that all did it, nor that only one to four did not.
3. As long as the bot has met about ten members or fewer, only their number is shown: rule 2 allows nothing else.

Rules 2 and 3 use only the shown number of members, so they reveal nothing more about the true number. They are applied
again when a snapshot is read, as older snapshots were taken without them.

Parts of a whole: roles are shown from the largest on, as long as at least five members may remain for the others. Roles
too small to be shown are counted together only if each of them may still be empty: if two roles below five make five
together, a reader would know that each has somebody. A total is not counted by itself. It is the sum of its shown
parts, and so are bars, growth and the order of lists: a separate count of "learned since" would tell how few learned a
skill whose figure went up. Two weeks differ by multiples of five. If a member can count many times, nobody counts for
more than the fifth busiest, so that no four members make up the figure.

This can't hide everything. A reader who knows what all members but one did can compute what the last one did.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Need, Role, Skill, Theme
from bot.core.learning import Tally
from bot.core.outbox import DeliveryState
from bot.core.practice import Blocker

MIN_GROUP = 5  # people behind a figure; figures are also rounded to multiples of it
MIN_MEMBERS = 3 * MIN_GROUP  # shown members; with fewer, only their number is shown
MAX_ROUNDING = MIN_GROUP // 2
MAX_NEEDED = 10  # skills in the list of those that the fewest members know

Figures = Mapping[str, int]  # name → a multiple of five; figures that may not be shown are missing
MEMBERS, WEEKLY, IN_ROLES, OTHER_ROLES = "members", "weekly tips", "in a role of five", "other roles"
DONE, BLOCKED = "tips done", "tips blocked"  # in the week before


@dataclass(frozen=True, slots=True)
class Population:
    """The true counts of members: in all, with weekly tips, by role and by learned skill. Never shown or stored.

    `done` and `blocked`: for each number of tips in the last week, how many members had that many. The others count
    members: by why a tip was blocked, by need that they lack, and by skill on which they answered a check, or the last
    check right.
    """

    members: int
    weekly: int
    roles: Mapping[str, int]
    skills: Mapping[str, int]
    done: Mapping[int, int]
    blocked: Mapping[int, int]
    reasons: Mapping[str, int] = field(default_factory=dict)
    lacks: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    right: Mapping[str, int] = field(default_factory=dict)


class RoleGroup(NamedTuple):
    """The members with a role. `members` None: fewer than five, or hidden as it would reveal the others' number."""

    role: Role
    members: int | None


class Known(NamedTuple):
    """A skill, and how many members know it. None: fewer than five."""

    skill: Skill
    by: int | None


class Lacking(NamedTuple):
    """A need, and how many members said that they lack it."""

    need: Need
    by: int


class Checked(NamedTuple):
    """A skill, how many members answered a check on it, and how many of them the last one right. None: below five."""

    skill: Skill
    asked: int
    right: int | None


class Covered(NamedTuple):
    """How many skills all members know on a path or in a theme, out of all that they could know there."""

    of: Role | Theme
    tally: Tally


@dataclass(frozen=True, slots=True)
class Team:
    """What a team may see about itself. Numbers of people are rounded to fives; None: fewer than five.

    `gained`: how many skills more than in the earlier report; None if there is no earlier report.
    """

    members: int
    top: int  # the largest figure, which means "this many or more"; 0: no figure can be shown
    weekly: int | None
    with_role: int | None
    roles: tuple[RoleGroup, ...]
    other_roles: int | None
    learned: int | None
    gained: int | None
    paths: tuple[Covered, ...]
    themes: tuple[Covered, ...]
    needed: tuple[Known, ...]
    done: int | None  # tips in the week before
    blocked: int | None
    reasons: tuple[tuple[Blocker, int], ...]
    lacking: tuple[Lacking, ...]  # most members first
    checked: tuple[Checked, ...]


class Week(NamedTuple):
    """How many tips the team did in the seven days before a snapshot. None: too few to say."""

    taken_at: datetime
    done: int | None


class Ended(NamedTuple):
    """Nudges that did not arrive: how they ended, why, and for how many members."""

    state: DeliveryState
    reason: str | None
    members: int


def top(members: int) -> int:
    """Return the largest figure that may be shown beside this shown number of members; 0 if none may."""
    return members - MIN_GROUP if members >= MIN_MEMBERS else 0


def rounded(count: int) -> int | None:
    """Return the nearest multiple of five; None below five."""
    return (count + MIN_GROUP // 2) // MIN_GROUP * MIN_GROUP if count >= MIN_GROUP else None


def together(marks: Mapping[int, int]) -> int:
    """Return the number of marks of all members. Nobody counts for more marks than the fifth busiest member.

    Return 0 for fewer than five members. `marks`: for each number of marks, how many members gave that many.
    """
    busiest_first = sorted(Counter(marks).elements(), reverse=True)
    if len(busiest_first) < MIN_GROUP:
        return 0
    return sum(min(given, busiest_first[MIN_GROUP - 1]) for given in busiest_first)


def merged(small: Collection[int]) -> int | None:
    """Return the figure for groups below five together. It is never more than if any one of them were empty."""
    room = (len(small) - 1) * (MIN_GROUP - 1)
    return rounded(min(sum(small), room))


def figures(catalog: Catalog, population: Population) -> dict[str, int]:
    """Return all figures that may be shown; none for a team of fewer than five."""
    members = rounded(population.members)
    if members is None:
        return {}
    roles = {slug: population.roles.get(slug, 0) for slug in catalog.roles}
    shown = {slug: count for slug, count in roles.items() if count >= MIN_GROUP}
    rounded_counts = {
        MEMBERS: members,
        WEEKLY: rounded(population.weekly),
        IN_ROLES: rounded(sum(shown.values())),
        OTHER_ROLES: merged([count for slug, count in roles.items() if slug not in shown]),
        DONE: rounded(together(population.done)),
        BLOCKED: rounded(together(population.blocked)),
        **{_of_reason(why): rounded(population.reasons.get(why, 0)) for why in Blocker},
        **{_of_need(slug): rounded(population.lacks.get(slug, 0)) for slug in catalog.needs},
        **{_asked(slug): rounded(population.asked.get(slug, 0)) for slug in catalog.skills},
        **{_right(slug): rounded(population.right.get(slug, 0)) for slug in catalog.skills},
        **{_of_role(slug): rounded(count) for slug, count in shown.items()},
        **{_of_skill(slug): rounded(population.skills.get(slug, 0)) for slug in catalog.skills},
    }
    return protected({name: count for name, count in rounded_counts.items() if count is not None})


def protected(unsafe: Figures) -> dict[str, int]:
    """Cap or remove figures that reveal that fewer than five did not do something. Protected figures don't change."""
    highest = top(unsafe[MEMBERS])
    if not highest:
        return {MEMBERS: unsafe[MEMBERS]}
    uncapped = {DONE, BLOCKED, MEMBERS}  # numbers of tips, and the whole itself
    capped = {name: count if name in uncapped else min(count, highest) for name, count in unsafe.items()}
    hidden = _hidden_groups(capped)
    return {name: count for name, count in capped.items() if name not in hidden}


def _hidden_groups(capped: Figures) -> set[str]:
    """Return the groups to hide. Shown with the larger groups, they would reveal that fewer than five remain."""
    parts = sorted((name for name in capped if name.startswith(_of_role(""))), key=lambda name: (-capped[name], name))
    room = capped[MEMBERS] + MAX_ROUNDING - MIN_GROUP
    together_at_least = 0
    for number, name in enumerate(parts):
        together_at_least += _at_least(capped[name])
        if together_at_least > room:
            return {*parts[number:], OTHER_ROLES}
    in_roles = max(together_at_least, _at_least(capped.get(IN_ROLES, 0)))
    return {OTHER_ROLES} if in_roles + _at_least(capped.get(OTHER_ROLES, 0)) > room else set()


def _at_least(figure: int) -> int:
    """Return the smallest number of people that a figure may stand for."""
    return max(figure - MAX_ROUNDING, MIN_GROUP) if figure else 0


def team(catalog: Catalog, now: Figures, before: Figures | None) -> Team:
    """Return the report on these figures, compared with those of an earlier report."""
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
        needed=tuple(sorted(may_need_help, key=lambda each: (each.by or 0, each.skill.name))[:MAX_NEEDED]),
        done=now.get(DONE),
        blocked=now.get(BLOCKED),
        reasons=tuple((why, now[name]) for why in Blocker if (name := _of_reason(why)) in now),
        lacking=_lacking(catalog, now),
        checked=tuple(
            Checked(skill, now[name], now.get(_right(skill.slug)))
            for skill in catalog.skills.values()
            if (name := _asked(skill.slug)) in now
        ),
    )


def tips_done(figures: Figures) -> int | None:
    """Return how many tips were done in the week before these figures, as the desk of that week showed it."""
    return protected(figures).get(DONE)


def _lacking(catalog: Catalog, now: Figures) -> tuple[Lacking, ...]:
    needs = catalog.needs.values()
    found = [Lacking(need, now[name]) for need in needs if (name := _of_need(need.slug)) in now]
    return tuple(sorted(found, key=lambda each: (-each.by, each.need.name)))


def shown_of(ended: Iterable[Ended], highest: int) -> tuple[Ended, ...]:
    """Return the nudges with numbers that may be shown, `highest` at most. Their order reveals nothing more."""
    counts = ((each, rounded(each.members)) for each in ended)
    shown = (each._replace(members=min(count, highest)) for each, count in counts if count is not None and highest)
    return tuple(sorted(shown, key=lambda group: (group.state, group.reason or "")))


def _tally(slugs: Collection[str], by_skill: Mapping[str, int | None], now: Figures) -> Tally:
    return Tally(sum(by_skill[slug] or 0 for slug in slugs), now[MEMBERS] * len(slugs))


def _of_role(slug: str) -> str:
    return f"role:{slug}"


def _of_reason(why: str) -> str:
    return f"blocked:{why}"


def _of_need(slug: str) -> str:
    return f"lacks:{slug}"


def _asked(slug: str) -> str:
    return f"asked:{slug}"


def _right(slug: str) -> str:
    return f"right:{slug}"


def _of_skill(slug: str) -> str:
    return f"skill:{slug}"
