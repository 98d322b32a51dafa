"""`content check`, `stats`, `stale` and `year`: mistakes, what there is and lacks, what is due, a year of tips."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from bot.author.screens import limit_findings
from bot.content.library import ContentError, PlacesOf, load_with_places
from bot.content.read import Mistake
from bot.core.catalog import Catalog
from bot.core.content_types import Level, Role
from bot.core.errors import CommandError
from bot.core.lint import Finding, findings
from bot.core.next_tip import closing
from bot.core.record import Record
from bot.core.year import Week, newcomer, usual_needs
from bot.slack.blocks import counted

MIN_TIPS, MIN_CHECKS = 6, 2  # what a skill of ours has; the strict check asks for less


def check(folder: Path, packs: Sequence[Path] = (), *, strict: bool) -> Catalog:
    """Return the catalogue of a folder with packs over it.

    Raise ContentError with its mistakes, or with what the loader accepts and the strict check does not.
    """
    catalog, places = load_with_places(folder, packs)
    if strict and (found := strict_findings(catalog, places, folder)):
        raise ContentError(found)
    return catalog


def strict_findings(catalog: Catalog, places: PlacesOf, folder: Path) -> list[Mistake]:
    found = [*findings(catalog), *limit_findings(catalog)]
    return sorted({_at(each, places, folder) for each in found})


def _at(finding: Finding, places: PlacesOf, folder: Path) -> Mistake:
    if finding.item is None:
        return Mistake(folder.resolve().name, 1, 1, finding.text)
    return places[type(finding.item), finding.item.slug].mistake(finding.where, finding.text)


def summary(catalog: Catalog) -> str:
    skills = catalog.skills.values()
    counts = {
        "role": len(catalog.roles),
        "skill": len(skills),
        "tip": sum(len(skill.tips) for skill in skills),
        "check": sum(len(skill.checks) for skill in skills),
        "challenge": len(catalog.challenges),
        "need": len(catalog.needs),
    }
    return ", ".join(counted(count, noun) for noun, count in counts.items())


def stale_lines(catalog: Catalog, places: PlacesOf, today: date) -> list[str]:
    """Return a line for each entry that should have been read again, the one that waits longest first."""
    found = [(since, item) for item in catalog.reviewed if (since := item.stale_since(today))]
    lines = []
    for since, item in sorted(found, key=lambda each: (each[0], each[1].slug)):
        is_over = since == item.review_by
        key, why = ("review_by", "`review_by` is over") if is_over else ("reviewed_on", "read more than a year ago")
        said = f"stale since {since}: {why}. Owner: {item.owner or 'nobody; give it an `owner:`'}"
        lines.append(str(places[type(item), item.slug].mistake((key,), said)))
    return lines


def stats_lines(catalog: Catalog) -> Iterator[str]:
    yield "Roles (free: tips that need nothing; gaps: skills that are listed below)"
    for role in catalog.roles.values():
        yield _role_line(catalog, role)
    yield ""
    yield "Gaps"
    yield from list(_gaps(catalog)) or ["  none"]
    yield ""
    yield "Themes"
    for theme in catalog.themes.values():
        skills = [skill for skill in catalog.skills.values() if skill.theme == theme.slug]
        tips = sum(len(skill.tips) for skill in skills)
        challenges = sum(template.theme == theme.slug for template in catalog.challenges.values())
        yield f"  {theme.slug:<24}{_columns(skill=len(skills), tip=tips, challenge=challenges)}"


def _role_line(catalog: Catalog, role: Role) -> str:
    path = catalog.path(role)
    tips = [tip for skill in path for tip in skill.tips]
    free = sum(not tip.needs for tip in tips)
    checks = sum(len(skill.checks) for skill in path)
    challenges = sum(template.skill in role.skills for template in catalog.challenges.values())
    gaps = sum(bool(_missing(catalog, slug)) for slug in role.skills)
    counts = _columns(skill=len(path), tip=len(tips))
    more = _columns(check=checks, challenge=challenges, gap=gaps)
    return f"  {role.slug:<24}{counts}{free:>4} free{more}"


def _columns(**counts: int) -> str:
    return "".join(
        f"{count:>4} {noun + ('' if count == 1 else 's'):<{len(noun) + 1}}" for noun, count in counts.items()
    )


def _gaps(catalog: Catalog) -> Iterator[str]:
    for slug in catalog.skills:
        if missing := _missing(catalog, slug):
            yield f"  {slug}: {', '.join(missing)}"
    for role in catalog.roles.values():
        if without := catalog.taught_themes - {skill.theme for skill in catalog.path(role)}:
            yield f"  {role.slug}: no skill of {', '.join(sorted(without))} on its path"


def _missing(catalog: Catalog, slug: str) -> list[str]:
    skill = catalog.skills[slug]
    counts = ("tips", len(skill.tips), MIN_TIPS), ("checks", len(skill.checks), MIN_CHECKS)
    missing = [f"{count} of {least} {noun}" for noun, count, least in counts if count < least]
    if not skill.template and not skill.example:
        missing.append("neither template nor example")
    return missing


USUAL, ALL, NONE = "usual", "all", "none"


def role_named(catalog: Catalog, slug: str) -> Role:
    if slug not in catalog.roles:
        raise CommandError(f"there is no role {slug!r}; there are {', '.join(catalog.roles)}")
    return catalog.roles[slug]


def somebody(catalog: Catalog, role: Role, level: Level, have: str) -> Record:
    """Return who has what is usual, all, nothing, or the needs that are named. Raise CommandError."""
    named = {USUAL: usual_needs(role, level), ALL: tuple(catalog.needs), NONE: ()}
    has = named.get(have, tuple(need.strip() for need in have.split(",")))
    if unknown := [need for need in has if need not in catalog.needs]:
        raise CommandError(f"there is no need {unknown[0]!r}; there are {', '.join(catalog.needs)}")
    return newcomer(catalog, role, level, has)


def as_json(catalog: Catalog, weeks: Iterable[Week]) -> Iterator[str]:
    for week in weeks:
        yield json.dumps(_facts(catalog, week), ensure_ascii=False)


def _facts(catalog: Catalog, week: Week) -> dict[str, object]:
    choice = week.choice
    if choice is None:
        return {"week": week.number, "tip": None}
    skill, tip = choice.lesson
    return {
        "week": week.number,
        "tip": tip.id,
        "title": tip.title,
        "minutes": tip.minutes,
        "needs": tip.needs,
        "own_work": tip.own_work,
        "skill": skill.slug,
        "theme": skill.theme,
        "motto": closing(catalog, choice.lesson, choice.turn),
        "reason": choice.reason,
        "check": week.question,
    }


def as_table(catalog: Catalog, weeks: Iterable[Week]) -> Iterator[str]:
    """Yield a line a week: its tip, minutes, needs, skill, theme, why it comes, and the question with it."""
    for week in weeks:
        facts = _facts(catalog, week)
        if week.choice is None:
            yield f"{week.number:>2}  no message"
            continue
        own, check = "own work" if facts["own_work"] else "", f"? {facts['check']}" if facts["check"] else ""
        needs = " + ".join(week.choice.lesson.tip.needs) or "nothing"
        columns = (facts["skill"], facts["theme"], facts["reason"], check)
        yield f"{week.number:>2}  {facts['title']:<60} {facts['minutes']:>2} min  {needs:<24} {own:<8}  " + "  ".join(
            str(column) for column in columns if column
        )
