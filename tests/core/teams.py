"""Made-up teams, and what a reader can conclude from their figures."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from bot.core.practice import Blocker
from bot.core.team import (
    MEMBERS,
    MIN_GROUP,
    Population,
    rounded,
)
from tests.slack.screens.small_catalog import SMALL

Span = tuple[int, int]  # the fewest and the most that a group may hold
COSTS, SPIKES = "token-costs", "cost-spikes"

# Four roles, as many as are really taught.
MORE = [SMALL.roles["devops-engineer"].model_copy(update={"slug": slug}) for slug in ("qa", "pm")]
CATALOG = replace(SMALL, roles={**SMALL.roles, **{role.slug: role for role in MORE}})
ROLES = tuple(CATALOG.roles)
small_counts = st.integers(0, 14)
given_marks = st.dictionaries(st.integers(1, 60), st.integers(1, 8), max_size=5)


@st.composite
def populations(draw: st.DrawFn) -> Population:
    """Draw a team, mostly of up to about thirty members and sometimes a large one."""
    roles = {slug: draw(small_counts) for slug in ROLES}
    members = sum(roles.values()) + draw(small_counts | st.integers(0, 3000))
    up_to_all = st.integers(0, members)
    asked = {slug: draw(up_to_all) for slug in CATALOG.skills}
    return Population(
        members=members,
        weekly=draw(up_to_all),
        roles=roles,
        skills={slug: draw(up_to_all) for slug in CATALOG.skills},
        done=draw(given_marks),
        blocked=draw(given_marks),
        reasons={why: draw(up_to_all) for why in Blocker},
        lacks={slug: draw(up_to_all) for slug in CATALOG.needs},
        asked=asked,
        right={slug: draw(st.integers(0, count)) for slug, count in asked.items()},
    )


def like(population: Population, **changes: int) -> Population:
    """Return the population with other counts of members, roles or skills."""
    roles = {slug: changes.get(slug, count) for slug, count in population.roles.items()}
    skills = {slug: changes.get(slug, count) for slug, count in population.skills.items()}
    return replace(population, members=changes.get(MEMBERS, population.members), roles=roles, skills=skills)


def near(count: int) -> range:
    """Return the range that contains every number with the same figure as this one."""
    return range(max(0, count - MIN_GROUP), count + MIN_GROUP + 1)


def as_shown(count: int) -> list[int]:
    return [other for other in near(count) if rounded(other) == rounded(count)]


def tells(span: Span) -> bool:
    """Return whether a reader can be certain that a group has one to four members."""
    fewest, most = span
    return fewest >= 1 and most < MIN_GROUP


def span(counts: Iterable[int]) -> Span:
    found = list(counts)
    return min(found), max(found)
