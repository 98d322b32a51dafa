"""Check that every entry can reach a member, and that no member runs out of new tips within a year."""

from collections.abc import Iterator

from bot.core.catalog import Catalog
from bot.core.content_types import Role
from bot.core.lint.finding import Finding
from bot.core.nudges import Learner, choose_tip

YEAR = 52  # weeks, so tips


def coverage_findings(catalog: Catalog) -> Iterator[Finding]:
    """Yield each need, skill, prerequisite and theme that nothing leads to, and each role that lacks a challenge."""
    used = {need for lesson in catalog.lessons.values() for need in lesson.tip.needs}
    for need in catalog.needs.values():
        if need.slug not in used:
            yield Finding(need, (), f"need {need.slug!r} is used by no tip; use it or delete it")
    yield from _untaught(catalog)
    yield from _unchallenged(catalog)


def _untaught(catalog: Catalog) -> Iterator[Finding]:
    taught = {slug for role in catalog.roles.values() for slug in role.skills}
    for skill in catalog.skills.values():
        if skill.slug not in taught:
            yield Finding(skill, (), f"skill {skill.slug!r} is on no path; add it to `skills:` of a role")
        for index, slug in enumerate(skill.needs_skills):
            if slug not in taught:
                yield Finding(skill, ("needs_skills", index), f"skill {slug!r} is needed, but taught on no path")
    for theme in catalog.themes.values():
        if theme.slug not in catalog.taught_themes:
            yield Finding(theme, (), f"theme {theme.slug!r} has no skill; write one or delete it")


def _unchallenged(catalog: Catalog) -> Iterator[Finding]:
    themes = {template.theme for template in catalog.challenges.values()}
    skills = {template.skill for template in catalog.challenges.values()}
    for theme in catalog.themes.values():
        if theme.slug not in themes:
            yield Finding(theme, (), f"theme {theme.slug!r} has no challenge; write one")
    for role in catalog.roles.values():
        if skills.isdisjoint(role.skills):
            yield Finding(role, ("skills",), f"no challenge is about a skill of {role.slug!r}; write one")


def year_findings(catalog: Catalog) -> Iterator[Finding]:
    """Yield each role, and nobody's role, for which a year brings a tip twice or one that the member can't do.

    Tried by the chooser itself, for members who mark nothing, with every need and with any one of them missing.
    """
    for role in (None, *catalog.roles.values()):
        for lacks in (None, *catalog.needs):
            if (weeks := _weeks(catalog, role, lacks)) < YEAR:
                yield Finding(role, ("skills",), _too_short(role, lacks, weeks))


def _weeks(catalog: Catalog, role: Role | None, lacks: str | None) -> int:
    """Return how many weeks, at most a year, pass until a tip comes back or does not fit."""
    learner = Learner(role, lacks=() if lacks is None else (lacks,))
    for week in range(YEAR):
        lesson = choose_tip(catalog, learner).lesson
        if lesson.tip.id in learner.given or lacks in lesson.tip.needs:
            return week
        learner = learner.after(lesson)
    return YEAR


def _too_short(role: Role | None, lacks: str | None, weeks: int) -> str:
    who = f"a member of role {role.slug!r}" if role else "a member without a role"
    without = f" who lacks {lacks!r}" if lacks else ""
    return (
        f"{who}{without} has no new tip to do after {weeks} weeks; write tips until a year of {YEAR} has its own each"
    )
