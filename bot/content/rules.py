"""What entries name, with its place, so that the loader can check it; and a team's `policy.yaml`."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from bot.content.packs import Raw
from bot.content.read import Mistake, Where
from bot.core.catalog import Catalog, Retired
from bot.core.content_types import ByLevel, ContentItem, Level, Part
from bot.core.matching import plain
from bot.core.projects import LAB

SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)+")  # a single word without a hyphen is no project
NAMED = {  # the kind of entry that a field names, in every entry and every part of one
    "challenge": "challenges", "theme": "themes", "step": "tips", "singles": "tips", "projects": "projects",
    "role": "roles", "roles": "roles", "pair": "roles",
    "skill": "skills", "skills": "skills", "needs_skills": "skills",
    "needs": "needs", "grants": "needs", "usual": "needs", "lends": "needs", "ask_for": "needs", "without": "needs",
}  # fmt: skip
PARTS = ("tips", "shares", "steps")
MAY_BE_HIDDEN = {"roles", "pair", "singles", "projects", "step"}  # it is no mistake if a pack hides what these name


def references(catalog: Catalog) -> Iterator[tuple[ContentItem, Where, str, str, bool]]:
    """Yield an entry, a place in it, the kind and the slug that it names there, and whether a pack may hide that."""
    by_slug = (catalog.skills, catalog.roles, catalog.challenges, catalog.projects, catalog.labs, catalog.retired)
    for entry in chain(catalog.mottos, catalog.needs.values(), *(entries.values() for entries in by_slug)):
        parts: list[tuple[Where, Part]] = [((), entry)]
        parts += [((key, index), part) for key in PARTS for index, part in enumerate(getattr(entry, key, ()))]
        for where, part in parts:
            for key in NAMED.keys() & type(part).model_fields:
                for below, slug in _slugs(getattr(part, key)):
                    may_be_hidden = key in MAY_BE_HIDDEN or isinstance(part, Retired)
                    yield entry, (*where, key, *below), NAMED[key], slug, may_be_hidden
    for project in catalog.projects.values():
        for need, way_round in project.without.items():
            if way_round.startswith(LAB):
                yield project, ("without", need), "labs", way_round.removeprefix(LAB), True
            elif SLUG.fullmatch(way_round):
                yield project, ("without", need), "projects", way_round, True


def _slugs(value: object) -> Iterator[tuple[Where, str]]:
    match value:
        case str():
            yield (), value
        case tuple():
            yield from (((number,), slug) for number, slug in enumerate(value))
        case ByLevel():
            yield from (((level, number), slug) for level in Level for number, slug in enumerate(value.of(level)))
        case Mapping():
            yield from (((slug,), slug) for slug in value)


def check_policy(catalog: Catalog, raw: Raw | None, mistakes: list[Mistake]) -> None:
    """Report unknown tools and needs, names that mean two things, and skills of which no tip is left."""
    policy = catalog.policy
    if policy is None or raw is None:
        return
    tools = {tool.id for tool in policy.tools}
    with_steps = {step.skill for project in catalog.projects.values() for step in project.steps}
    found = list[tuple[Where, str]]()
    for index, data in enumerate(policy.data):
        unknown = [(number, tool) for number, tool in enumerate(data.may_go) if tool not in tools]
        found += [(("data", index, "may_go", number), f"unknown tool {tool!r}") for number, tool in unknown]
    unknown = [(number, need) for number, need in enumerate(policy.forbids) if need not in catalog.needs]
    found += [(("forbids", number), f"unknown need {need!r}") for number, need in unknown]
    for skill in catalog.skills.values():
        if skill.slug not in with_steps and all(set(policy.forbids) & set(tip.needs) for tip in skill.tips):
            found.append((("forbids",), f"leaves no tip of the skill {skill.slug!r}"))
    owners: dict[str, Where] = {}
    for key in ("tools", "data"):
        for index, entry in enumerate(getattr(policy, key)):
            for name in (entry.id, entry.name, *entry.aliases):
                if owners.setdefault(plain(name), (key, index)) != (key, index):
                    found.append(((key, index), f"the name {name!r} is taken"))
    mistakes += [raw.places.mistake(where, text) for where, text in found]
