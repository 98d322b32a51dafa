"""A small catalogue that passes every rule about its texts and its paths, and the means to change one value of it."""

from pathlib import Path
from typing import Any

import yaml

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Need, Role, Skill, Theme
from bot.core.projects import Project

PARTS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
SKILL, CHALLENGE, PROJECT = PARTS["skill"], PARTS["challenge"], PARTS["project"]
TIPS, CHECKS = SKILL["tips"], SKILL["checks"]


def project(*where: str | int, value: object = None) -> Project:
    return Project.model_validate(_changed(PROJECT, where, value) if where else PROJECT)


def skill(*where: str | int, value: object = None, of: dict[str, Any] = SKILL) -> Skill:
    return Skill.model_validate(_changed(of, where, value) if where else of)


def challenge(*where: str | int, value: object = None) -> ChallengeTemplate:
    return ChallengeTemplate.model_validate(_changed(CHALLENGE, where, value) if where else CHALLENGE)


def passing(
    *skills: Skill,
    challenges: tuple[ChallengeTemplate, ...] = (),
    path: tuple[str, ...] = ("costs",),
    projects: tuple[Project, ...] = (),
) -> Catalog:
    needs = {"logs": "I may read the logs.", "partner": "A colleague can give me the tip's minutes this week."}
    name = {"slug": "tester", "origin": "extension", "name": "Tester"}
    role = {**name, "becomes": "Prover", "before": "Ran", "after": "Asks", "skills": path}
    listed = {"projects": {"new": [each.slug for each in projects]}}
    return Catalog(
        themes={"speed": Theme(slug="speed", origin="extension", name="Speed", in_short="Ship it.", lines=("Ship",))},
        mottos=(),
        boundaries=(),
        roles={"tester": Role.model_validate({**role, **listed})},
        skills={each.slug: each for each in skills or (skill(),)},
        challenges={each.slug: each for each in challenges or (challenge(),)},
        projects={each.slug: each for each in projects},
        needs={slug: Need(slug=slug, origin="extension", name=slug, says=says) for slug, says in needs.items()},
    )


def _changed(value: Any, where: tuple[str | int, ...], new: object) -> Any:
    """Return a copy with another value at a place; None deletes a key."""
    if not where:
        return new
    first, *rest = where
    if isinstance(value, dict):
        if new is None and not rest:
            return {key: each for key, each in value.items() if key != first}
        return {**value, first: _changed(value.get(first), tuple(rest), new)}
    return [_changed(each, tuple(rest), new) if index == first else each for index, each in enumerate(value)]
