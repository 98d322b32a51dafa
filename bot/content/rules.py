"""What entries name, with its place, so that the loader can check it; and a team's `policy.yaml`."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from pydantic import ValidationError

from bot.content.packs import Raw
from bot.content.read import Mistake, Where, mistakes_in
from bot.core.catalog import Catalog, DataClass, Policy, Retired, Tool
from bot.core.content_types import ChallengeTemplate, ContentItem, Need, Part, Role, Skill, Theme, Tip
from bot.core.labs import Lab
from bot.core.matching import plain
from bot.core.projects import LAB, Project

SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)+")  # a single word without a hyphen is no project


class Reference(NamedTuple):
    """What an entry names at a place. `may_be_hidden`: it is no mistake if a pack hides or replaces what is named."""

    entry: ContentItem
    where: Where
    model: type[Part]
    slug: str
    may_be_hidden: bool = False


def references(catalog: Catalog) -> Iterator[Reference]:
    for motto in catalog.mottos:
        yield Reference(motto, ("theme",), Theme, motto.theme)
    for skill in catalog.skills.values():
        yield Reference(skill, ("theme",), Theme, skill.theme)
        yield from _each(skill, ("needs_skills",), Skill, skill.needs_skills)
        for index, tip in enumerate(skill.tips):
            yield from _of_tip(skill, ("tips", index), tip)
    for role in catalog.roles.values():
        yield from _of_role(role)
    for template in catalog.challenges.values():
        yield Reference(template, ("theme",), Theme, template.theme)
        yield Reference(template, ("skill",), Skill, template.skill)
        yield from _each(template, ("needs",), Need, template.needs)
        yield from _each(template, ("grants",), Need, template.grants)
    for project in catalog.projects.values():
        yield from _of_project(project)
    for lab in catalog.labs.values():
        yield Reference(lab, ("skill",), Skill, lab.skill)
        yield from _each(lab, ("lends",), Need, lab.lends)
    yield from chain.from_iterable(map(_of_retired, catalog.retired.values()))
    for need in catalog.needs.values():
        if need.challenge is not None:
            yield Reference(need, ("challenge",), ChallengeTemplate, need.challenge)


def _of_retired(retired: Retired) -> Iterator[Reference]:
    yield Reference(retired, ("skill",), Skill, retired.skill, may_be_hidden=True)
    if retired.step is not None:
        yield Reference(retired, ("step",), Tip, retired.step, may_be_hidden=True)


def _of_tip(skill: Skill, where: Where, tip: Tip) -> Iterator[Reference]:
    for key in ("needs", "grants"):
        yield from _each(skill, (*where, key), Need, getattr(tip, key))
    for number, role in enumerate(tip.roles):
        yield Reference(skill, (*where, "roles", number), Role, role, may_be_hidden=True)
    if tip.pair is not None:
        yield Reference(skill, (*where, "pair"), Role, tip.pair, may_be_hidden=True)


def _of_project(project: Project) -> Iterator[Reference]:
    yield Reference(project, ("theme",), Theme, project.theme)
    yield from _each(project, ("skills",), Skill, project.skills)
    yield from _each(project, ("grants",), Need, project.grants)
    yield from (Reference(project, where, Need, need) for where, need in project.all_needs)
    for key in ("ask_for", "without"):
        yield from (Reference(project, (key, need), Need, need) for need in getattr(project, key))
    for need, way_round in project.without.items():
        if way_round.startswith(LAB):
            lab = way_round.removeprefix(LAB)
            yield Reference(project, ("without", need), Lab, lab, may_be_hidden=True)
        elif SLUG.fullmatch(way_round):
            yield Reference(project, ("without", need), Project, way_round, may_be_hidden=True)
    for index, step in enumerate(project.steps):
        yield Reference(project, ("steps", index, "skill"), Skill, step.skill)


def _of_role(role: Role) -> Iterator[Reference]:
    yield from _each(role, ("skills",), Skill, role.skills)
    for number, tip in enumerate(role.singles):
        yield Reference(role, ("singles", number), Tip, tip, may_be_hidden=True)
    for index, share in enumerate(role.shares):
        yield Reference(role, ("shares", index, "role"), Role, share.role)
        yield Reference(role, ("shares", index, "skill"), Skill, share.skill)
    for level in ("new", "daily"):
        yield from _each(role, ("usual", level), Need, getattr(role.usual, level))
        for number, project in enumerate(getattr(role.projects, level)):
            yield Reference(role, ("projects", level, number), Project, project, may_be_hidden=True)


def _each(entry: ContentItem, where: Where, model: type[Part], slugs: Sequence[str]) -> Iterator[Reference]:
    return (Reference(entry, (*where, number), model, slug) for number, slug in enumerate(slugs))


def policy_in(raw: Raw | None, mistakes: list[Mistake]) -> Policy | None:
    """Return what the team allows; None if no pack says that, or if its file holds mistakes, which are added."""
    if raw is None:
        return None
    try:
        return Policy.model_validate(raw.data)
    except ValidationError as error:
        mistakes += mistakes_in(error, raw.places)
        return None


def check_policy(catalog: Catalog, raw: Raw | None, mistakes: list[Mistake]) -> None:
    """Report unknown tools and needs, names that mean two things, and skills of which no tip is left."""
    policy = catalog.policy
    if policy is None or raw is None:
        return
    found = [*_doubled(policy), *_unknown(policy, catalog), *_emptied(policy, catalog)]
    mistakes += [raw.places.mistake(where, text) for where, text in found]


def _doubled(policy: Policy) -> list[tuple[Where, str]]:
    listed: list[tuple[Where, Tool | DataClass]] = [
        *((("tools", index), tool) for index, tool in enumerate(policy.tools)),
        *((("data", index), data) for index, data in enumerate(policy.data)),
    ]
    named = [(where, name) for where, entry in listed for name in (entry.id, entry.name, *entry.aliases)]
    owners: dict[str, Where] = {}
    return [
        (where, f"the name {name!r} is taken")
        for where, name in named
        if owners.setdefault(plain(name), where) != where
    ]


def _unknown(policy: Policy, catalog: Catalog) -> list[tuple[Where, str]]:
    tools = {tool.id for tool in policy.tools}
    return [
        *(
            (("data", index, "may_go", number), f"unknown tool {tool!r}")
            for index, data in enumerate(policy.data)
            for number, tool in enumerate(data.may_go)
            if tool not in tools
        ),
        *(
            (("forbids", number), f"unknown need {need!r}")
            for number, need in enumerate(policy.forbids)
            if need not in catalog.needs
        ),
    ]


def _emptied(policy: Policy, catalog: Catalog) -> list[tuple[Where, str]]:
    forbidden = set(policy.forbids)
    with_steps = {step.skill for project in catalog.projects.values() for step in project.steps}
    return [
        (("forbids",), f"leaves no tip of the skill {skill.slug!r}")
        for skill in catalog.skills.values()
        if skill.slug not in with_steps and all(forbidden & set(tip.needs) for tip in skill.tips)
    ]
