"""`content check`, `stats`, `stale` and `year`: mistakes, what there is for whom, what is due, a year of tips."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from bot.author.screens import limit_findings
from bot.content.library import ContentError, PlacesOf, load_with_places
from bot.content.read import Mistake
from bot.core.catalog import Catalog
from bot.core.content_types import Level
from bot.core.errors import CommandError
from bot.core.lint.tasks import findings
from bot.core.record import Record
from bot.core.year import Does, Week, newcomer
from bot.slack.blocks import counted


def check(folder: Path, packs: Sequence[Path] = (), *, strict: bool) -> Catalog:
    """Raise ContentError with the mistakes of a folder and its packs, or else with those of the strict check."""
    catalog, places = load_with_places(folder, packs)
    mistakes = list[Mistake]()
    for flaw in (*findings(catalog), *limit_findings(catalog)) if strict else ():
        if flaw.item is None:
            mistakes.append(Mistake(folder.resolve().name, 1, 1, flaw.text))
        else:
            mistakes.append(places[type(flaw.item), flaw.item.slug].mistake(flaw.where, flaw.text))
    if mistakes:
        raise ContentError(mistakes)
    return catalog


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
    """Yield what a role has, the lines of its source that no project lights, and tips that only a request brings."""
    for role in catalog.roles.values():
        projects = dict.fromkeys(project for level in Level for project in catalog.projects_for(role, level))
        counts = {level: len(catalog.projects_for(role, level)) for level in Level}
        needs = sorted({need for project in projects for step in project.steps for need in catalog.needs_of(step)})
        yield f"{role.slug}: projects {', '.join(f'{level} {count}' for level, count in counts.items())}"
        yield f"  single tips: {len(role.singles)}; its projects need: {', '.join(needs) or 'nothing'}"
        lit = {line for project in projects for line in project.source_lines}
        lines = [line for _, own in role.lines for line in own] if role.origin == "source" else []
        if lines:
            unlit = "".join(f"; not: {line}" for line in lines if line not in lit)
            yield f"  lines of the source lit: {sum(line in lit for line in lines)} of {len(lines)}{unlit}"
    given = {tip for role in catalog.roles.values() for tip in role.singles}
    asked = [tip.id for skill in catalog.skills.values() for tip in skill.tips if tip.id not in given]
    yield f"tips that are no single of any role: {', '.join(asked) or 'none'}"


def somebody(catalog: Catalog, slug: str, level: Level, have: str) -> Record:
    """Return who has what is usual in a role, all, nothing, or the needs that are named. Raise CommandError."""
    role = catalog.roles.get(slug)
    if role is None:
        raise CommandError(f"there is no role {slug!r}; there are {', '.join(catalog.roles)}")
    named = {"usual": role.usual.of(level), "all": tuple(catalog.needs), "none": ()}
    has = named.get(have, tuple(need.strip() for need in have.split(",")))
    if unknown := [need for need in has if need not in catalog.needs]:
        raise CommandError(f"there is no need {unknown[0]!r}; there are {', '.join(catalog.needs)}")
    return newcomer(catalog, role, level, has)


def does(words: str) -> Does | float:
    """Return what somebody does in a year, or in which share of its weeks. Raise CommandError."""
    if words in set(Does):
        return Does(words)
    if not re.fullmatch(r"0?\.[0-9]+|0|1", words):
        raise CommandError(f"--does: {words!r} is none of {', '.join(Does)}, and no share such as 0.4")
    return float(words)


def facts_of(catalog: Catalog, week: Week) -> dict[str, object]:
    """Return what is printed of a week.

    `needs`: without those that are lacked; `without` has the ways round them. `lines`: those of the source that the
    first step of a project names, and the end.
    """
    offers = {"offers": [project.slug for project in week.offers]} if week.offers else {}
    if week.choice is None:
        return {"week": week.number, "tip": None, **offers}
    skill, tip = week.choice.lesson
    needs = catalog.needs_of(tip)
    facts: dict[str, object] = {
        "week": week.number,
        "tip": tip.id,
        "title": tip.title,
        "minutes": tip.minutes,
        "small": week.choice.is_small,
        "needs": [need for need in needs if need not in week.lacks],
        "own_work": tip.own_work,
        "skill": skill.slug,
        "theme": skill.theme,
        "reason": week.choice.reason,
        "check": week.question,
        "done": week.is_done,
        **offers,
    }
    if week.choice.place is None:
        return facts
    place = week.choice.place
    project, named = place.project, {1: place.project.source_lines[:1], place.of: place.project.source_lines}
    return facts | {
        "project": project.slug,
        "step": place.number,
        "steps": place.of,
        "uses": place.step.uses,
        "lines": named.get(place.number, ()),
        "theme": project.theme,
        "without": {need: project.without.get(need) or place.step.free for need in needs if need in week.lacks},
    }


def as_table(catalog: Catalog, weeks: Iterable[Week]) -> Iterator[str]:
    """Yield a line a week: its project, its tip, minutes, skill, theme and needs, what is offered, and the question."""
    for week in weeks:
        facts = facts_of(catalog, week)
        offers = f"choose: {', '.join(offer.slug for offer in week.offers)}" if week.offers else ""
        if week.choice is None:
            yield f"{week.number:>2}  {offers or 'no message'}"
            continue
        place, needs = week.choice.place, facts["needs"]
        where = f"{place.project.slug} {place.number}/{place.of}" if place else str(facts["reason"])
        small, check = "small" if week.choice.is_small else "", f"? {facts['check']}" if facts["check"] else ""
        wanted = " + ".join(needs) if isinstance(needs, list) else ""
        columns = (facts["skill"], facts["theme"], wanted, offers, small, check)
        said = "  ".join(str(column) for column in columns if column)
        yield f"{week.number:>2}  {where:<36} {facts['title']:<60} {facts['minutes']:>2} min  {said}"
