"""What tips require, and which of them wait for a member who lacks something."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.core.catalog import Catalog
from bot.core.content_types import Need, Role


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many tips a member can do on their path, and how many wait for each need that they lack."""

    can_do: int
    total: int
    for_need: tuple[tuple[Need, int], ...]  # most tips first; a tip with two needs counts for both


def to_ask(catalog: Catalog) -> tuple[Need, ...]:
    """Return the needs that a member may have: those that the team does not forbid."""
    forbidden = _forbidden(catalog)
    return tuple(need for need in catalog.needs.values() if need.slug not in forbidden)


def waiting(catalog: Catalog, role: Role | None, lacks: Collection[str]) -> Waiting:
    """Return which tips of a path wait; without a role, of all skills."""
    skills = catalog.path(role) if role else tuple(catalog.skills.values())
    needs = [set(tip.needs) for skill in skills for tip in skill.tips]
    counts = [(need, sum(slug in each for each in needs)) for slug, need in catalog.needs.items() if slug in lacks]
    wait = sorted(((need, count) for need, count in counts if count), key=lambda pair: -pair[1])
    can_do = sum(each.isdisjoint({*lacks, *_forbidden(catalog)}) for each in needs)
    return Waiting(can_do, len(needs), tuple(wait))


def _forbidden(catalog: Catalog) -> Collection[str]:
    return catalog.policy.forbids if catalog.policy else ()
