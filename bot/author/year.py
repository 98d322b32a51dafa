"""`content year`: 52 weeks of tips for somebody made up, as a table or as one JSON object a line."""

import json
from collections.abc import Iterable, Iterator

from bot.core.catalog import Catalog
from bot.core.content_types import Level, Role
from bot.core.errors import CommandError
from bot.core.nudges import Learner, closing
from bot.core.year import Week, learner_with, usual_needs

USUAL, ALL, NONE = "usual", "all", "none"


def role_named(catalog: Catalog, slug: str) -> Role:
    if slug not in catalog.roles:
        raise CommandError(f"there is no role {slug!r}; there are {', '.join(catalog.roles)}")
    return catalog.roles[slug]


def somebody(catalog: Catalog, role: Role, level: Level, have: str) -> Learner:
    """Return who has what is usual, all, nothing, or the needs that are named. Raise CommandError."""
    named = {USUAL: usual_needs(role, level), ALL: tuple(catalog.needs), NONE: ()}
    has = named.get(have, tuple(need.strip() for need in have.split(",")))
    if unknown := [need for need in has if need not in catalog.needs]:
        raise CommandError(f"there is no need {unknown[0]!r}; there are {', '.join(catalog.needs)}")
    return learner_with(catalog, role, level, has)


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
