"""Every line of the source document can be reached in Slack, word for word, and is marked as `origin: source`."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.core.catalog import Catalog
from bot.core.content_types import Level
from bot.core.year import Does, newcomer, year
from tests.driver.standin import StandIn
from tests.running import bot_in
from tests.slack.talk import Talk

DOCUMENT = Path(__file__).parent / "source_document.md"
COMMANDS = {  # where each part of the document is found; a role's own part by the role's old title
    "Fast-Changing Tools": "/roleshift theme fast-changing tools",
    "Product-First Mindset": "/roleshift theme product-first mindset",
    "Broader Skillset": "/roleshift theme broader skillset",
    "Speed Matters": "/roleshift theme speed matters",
    "The three mottos": "/roleshift themes",
    "Boundary Collapse": "/roleshift themes",
    "AI Engineering Roles": "/roleshift themes",
    "Role Transformations": "/roleshift roles",
    "Data Scientist": "/roleshift role data scientist",
    "ML Engineer": "/roleshift role ml engineer",
    "Software Engineer": "/roleshift role software engineer",
    "DevOps Engineer": "/roleshift role devops engineer",
}
BEHIND_A_BUTTON = {"Boundary Collapse", "AI Engineering Roles"}
LINES = 79  # of the document below its title and introduction; blank ones don't count


class Line(NamedTuple):
    """What the document says in one place, without its mark-up, and the part that it belongs to."""

    part: str
    text: str


def document() -> Iterator[Line]:
    part = ""
    _, _, body = DOCUMENT.read_text(encoding="utf-8").partition("\n## ")
    for line in filter(None, f"## {body}".splitlines()):
        text = line.lstrip("#- ").rstrip(":.")
        if line.startswith("#") or text in COMMANDS:
            part = text.partition(" → ")[0]
        before, _, after = text.partition(". After: ")
        yield from (Line(part, each.removeprefix("Before: ")) for each in (before, after) if each)


def test_the_document_is_all_there() -> None:
    lines = list(document())
    assert len(lines) == LINES
    assert {line.part for line in lines} == COMMANDS.keys()


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Talk]:
    async with StandIn() as slack, bot_in(slack, tmp_path):
        yield Talk(slack, "U02EMIL")
        assert slack.refused == []


@pytest.mark.parametrize("part", COMMANDS)
async def test_every_line_of_a_part_is_shown_in_slack(reader: Talk, part: str) -> None:
    said = (await reader.does(COMMANDS[part])).casefold()
    if part in BEHIND_A_BUTTON:
        said = (await reader.does("[How roles blend]")).casefold()
    assert [line.text for line in document() if line.part == part and line.text.casefold() not in said] == []


def sourced(catalog: Catalog) -> dict[str, str]:
    """Yield every line of content that is marked as `origin: source`, with its slug."""
    marked: dict[str, str] = {}
    for theme in catalog.themes.values():
        marked |= dict.fromkeys((theme.name, *theme.lines), theme.origin)
    for boundary in catalog.boundaries:
        marked |= dict.fromkeys((boundary.name, boundary.intro, *boundary.lines), boundary.origin)
    marked |= {motto.text: motto.origin for motto in catalog.mottos}
    for role in catalog.roles.values():
        lines = [line for _, lines in role.lists for line in lines]
        marked |= dict.fromkeys((f"{role.name} → {role.becomes}", role.before, role.after, *lines), role.origin)
    return marked


TITLES = {"the three mottos", "role transformations"}  # of lists; they are words of the screens


def test_every_line_is_marked_as_the_sources_own(catalog: Catalog) -> None:
    marked = {text.casefold(): origin for text, origin in sourced(catalog).items()}
    titles = TITLES | {title.casefold() for role in catalog.roles.values() for title, _ in role.lists}
    wrong = []
    for line in document():
        text = line.text.lstrip("💅📝🚀 ").casefold()
        if text not in titles and marked.get(text) != "source":
            wrong.append(line.text)
    assert wrong == []


def test_nothing_that_the_document_does_not_say_is_marked_as_its_own(catalog: Catalog) -> None:
    said = {line.text.lstrip("💅📝🚀 ") for line in document()}
    assert {text for text, origin in sourced(catalog).items() if origin == "source"} - said == set()
    assert {skill.source_line for skill in catalog.skills.values() if skill.origin == "source"} - said == set()


def test_every_line_of_the_source_on_what_people_do_now_is_a_skill_with_that_source_line(catalog: Catalog) -> None:
    lines = {
        line
        for role in catalog.roles.values()
        if role.origin == "source"
        for line in (*role.what_they_do_now, *role.core_skills, *role.new_challenges, *role.what_they_monitor_now)
    }
    skills = {skill.source_line for skill in catalog.skills.values() if skill.origin == "source"}
    assert lines - skills == set()


TAUGHT_BY = {  # lines that are no skill: the tips that teach them, and on whose path
    "New models make existing work obsolete": ("software-engineer", "workaround-taken-out"),
    "Engineers adapt quickly and embrace uncertainty": ("backend-engineer", "day-the-model-retires"),
    "UI and UX become central": ("ml-engineer", "screen-behind-your-endpoint"),
    "Focus shifts to application layer, not backend logic": ("backend-engineer", "screen-behind-your-endpoint"),
    "Core software skills remain important": ("software-engineer", "break-one-new-line"),
    "AI-specific knowledge becomes essential": ("everyone", "what-it-had-in-front"),
    "Models replace months of work overnight": ("data-scientist", "prompt-against-trained-model"),
    "Teams adapt or fall behind": ("engineering-manager", "habit-from-before"),
    "Product ships faster than infrastructure": ("devops-engineer", "what-can-wait-for-the-platform"),
    "User experience trumps technical perfection": ("backend-engineer", "order-of-six-tasks"),
    "Prompts beat algorithms": ("data-scientist", "prompt-before-the-service"),
    "Ship first, optimise later": ("software-engineer", "five-people-today"),
    "Traditional role distinctions fade in AI engineering": (
        "qa-engineer",
        "pair-bad-that-passed",
        "line-nobody-wrote",
    ),
    "Data scientists collaborate directly with frontend teams": ("data-scientist", "pair-turn-they-leave"),
    "Backend engineers work on model optimisation": ("backend-engineer", "one-lever-of-a-model-call"),
    "Product managers need technical AI knowledge": ("product-manager", "sign-somebodys-three-runs"),
    "Engineers must be product-minded and design-aware": ("backend-engineer", "screen-behind-your-endpoint"),
    "Job descriptions mean nothing now": ("engineering-manager", "line-nobody-wrote"),
    "Data scientists deploy to production": (
        "data-scientist",
        "your-change-in-the-pipeline",
        "first-hour-in-production",
    ),
    "Frontend engineers tune models": ("frontend-engineer", "setting-that-fits-the-card"),
    "Product managers write prompts": ("product-manager", "line-of-the-products-prompt"),
    "DevOps teams handle model inference": ("devops-engineer", "limit-you-meet-first"),
    "Understand users and AI": ("software-engineer", "ask-after-the-job"),
    "Bridge technical and product needs": ("software-engineer", "one-wish-as-a-check"),
    "Move fast without breaking things": ("software-engineer", "off-switch-before-the-launch"),
}


@pytest.mark.parametrize("line", TAUGHT_BY)
def test_a_line_is_taught_on_own_work_in_the_first_year_of_the_path_that_it_names(line: str, catalog: Catalog) -> None:
    slug, *tips = TAUGHT_BY[line]
    assert line in {said.text.lstrip("💅📝🚀 ") for said in document()}
    assert all(catalog.lessons[tip].tip.own_work for tip in tips)
    for level in Level:
        somebody = newcomer(catalog, catalog.roles[slug], level, catalog.needs)
        taught = {week.choice.lesson.tip.id for week in year(catalog, somebody, Does.ALL) if week.choice}
        assert set(tips) <= taught, level


def test_no_line_on_engineering_as_a_whole_is_only_shown(catalog: Catalog) -> None:
    lists = [theme.lines for theme in catalog.themes.values()] + [each.lines for each in catalog.boundaries]
    intros = (boundary.intro for boundary in catalog.boundaries)
    mottos = (motto.text for motto in catalog.mottos)
    wins = catalog.roles["software-engineer"].why_they_win
    assert {*(line for lines in lists for line in lines), *intros, *mottos, *wins} == TAUGHT_BY.keys()


def test_each_role_has_one_tip_that_is_done_with_a_colleague_of_another(catalog: Catalog) -> None:
    pairs = [tip for skill in catalog.skills.values() for tip in skill.tips if tip.pair]
    assert sorted(role for tip in pairs for role in tip.roles) == sorted(catalog.roles)
    assert [tip.id for tip in pairs if tip.pair in tip.roles or "partner" not in tip.needs or not tip.own_work] == []
