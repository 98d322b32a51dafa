"""A made-up catalogue with enough tips for a year, so that tests of the choice don't depend on the real content."""

from bot.core.catalog import Catalog
from bot.core.content_types import Need, Role, Skill, Theme
from tests.core.passing import CHECKS, SKILL, TIPS

THEMES = ("speed", "product", "breadth", "tools")
NEEDS = ("logs", "code", "test-set", "partner")
# Each skill with its theme and the skills that it builds on, in the order of the catalogue.
# The first one builds on a later one, so the order alone can not put prerequisites first.
SKILLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "agents": ("tools", ("traces",)),
    "models": ("breadth", ()),
    "tests": ("tools", ()),
    "data": ("breadth", ()),
    "costs": ("speed", ("models",)),
    "alerts": ("speed", ("costs",)),
    "traces": ("breadth", ("data",)),
    "screens": ("product", ("data",)),
    "quality": ("product", ("tests",)),
    "load": ("speed", ()),
    "judges": ("speed", ("tests", "quality")),
    "prompts": ("tools", ("models",)),
    "streams": ("product", ()),
    "reviews": ("breadth", ("tests",)),
    "retrieval": ("tools", ("tests",)),
}
PATHS = {
    "operator": ("models", "tests", "costs", "data", "alerts", "traces", "quality", "load", "judges", "prompts"),
    "designer": ("models", "data", "screens", "tests", "prompts", "quality", "traces", "costs", "load", "judges"),
    # Three themes: the fourth, speed, has to come from beyond the path.
    "tester": ("tests", "models", "data", "quality", "screens", "prompts", "traces", "agents"),
}


def made_up(tips: int = 6) -> Catalog:
    """Return a catalogue with `tips` tips a skill: the second needs logs, the third code, and so on."""
    return Catalog(
        themes={slug: Theme(slug=slug, origin="extension", name=slug, in_short=slug, lines=(slug,)) for slug in THEMES},
        mottos=(),
        boundaries=(),
        roles={slug: _role(slug, path) for slug, path in PATHS.items()},
        skills={slug: _skill(slug, theme, needs, tips) for slug, (theme, needs) in SKILLS.items()},
        needs={slug: Need(slug=slug, origin="extension", name=slug, says=slug) for slug in NEEDS},
    )


def _role(slug: str, path: tuple[str, ...]) -> Role:
    return Role(slug=slug, origin="extension", name=slug, becomes=f"new {slug}", before="a", after="b", skills=path)


def _skill(slug: str, theme: str, needs_skills: tuple[str, ...], tips: int) -> Skill:
    options = [CHECKS[0]["options"][number] for number in (1, 0, 2)]  # the second is right
    checks = [{**CHECKS[0], "id": f"{slug}-{number}", "options": options} for number in range(2)]
    own = {"slug": slug, "name": slug, "theme": theme, "needs_skills": needs_skills, "checks": checks}
    return Skill.model_validate({**SKILL, **own, "tips": [_tip(slug, number) for number in range(tips)]})


def _tip(skill: str, number: int) -> dict[str, object]:
    """Return a tip: 0 needs logs, 2 is on own work and needs code, 3 needs two things, the others nothing."""
    needs = {0: ("logs",), 2: ("code",), 3: ("test-set", "partner")}.get(number, ())
    own = {"id": f"{skill}-{number}", "title": skill, "needs": needs, "own_work": number == 2}
    return {**TIPS[0], **own, "minutes": 10 if number == 1 else 30}
