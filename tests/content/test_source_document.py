"""Every line of the source document can be reached in Slack, word for word, and is marked as `origin: source`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.core.catalog import Catalog
from bot.core.content_types import Role
from tests.driver.standin import StandIn
from tests.every import try_every
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


def document() -> Iterator[tuple[str, str]]:
    """Yield each part of the document, again for each of its lines, and the line without its mark-up."""
    part = ""
    _, _, body = DOCUMENT.read_text(encoding="utf-8").partition("\n## ")
    for line in filter(None, f"## {body}".splitlines()):
        text = line.lstrip("#- ").rstrip(":.")
        if line.startswith("#") or text in COMMANDS:
            part = text.partition(" → ")[0]
        before, _, after = text.partition(". After: ")
        yield from ((part, each.removeprefix("Before: ")) for each in (before, after) if each)


def test_the_document_is_all_there() -> None:
    parts = [part for part, _ in document()]
    assert (len(parts), set(parts)) == (LINES, set(COMMANDS))


async def test_every_line_of_a_part_is_shown_in_slack(tmp_path: Path) -> None:
    async with StandIn() as slack, bot_in(slack, tmp_path):
        reader = Talk(slack, "U02EMIL")

        async def check(part: str) -> None:
            said = await reader.does(COMMANDS[part])
            if part in BEHIND_A_BUTTON:
                said = await reader.does("[How roles blend]")
            lines = [line for of, line in document() if of == part]
            assert [line for line in lines if line.casefold() not in said.casefold()] == []

        await try_every(list(COMMANDS), check)
        assert slack.refused == []


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
SAID = {line.lstrip("💅📝🚀 ") for _, line in document()}


def test_every_line_is_marked_as_the_sources_own_and_nothing_else_is(catalog: Catalog) -> None:
    marked = {text for text, origin in sourced(catalog).items() if origin == "source"}
    titles = TITLES | {title.casefold() for role in catalog.roles.values() for title, _ in role.lists}
    assert {text.casefold() for text in SAID} - {text.casefold() for text in marked} - titles == set()
    skills = {skill.source_line for skill in catalog.skills.values() if skill.origin == "source"}
    of_projects = {line for project in catalog.projects.values() for line in project.source_lines}
    assert (marked | skills | of_projects) - SAID == set()


def test_every_line_of_the_source_on_what_people_do_now_is_a_skill_with_that_source_line(catalog: Catalog) -> None:
    lines = {
        line
        for role in catalog.roles.values()
        if role.origin == "source"
        for line in (*role.what_they_do_now, *role.core_skills, *role.new_challenges, *role.what_they_monitor_now)
    }
    skills = {skill.source_line for skill in catalog.skills.values() if skill.origin == "source"}
    assert lines - skills == set()


def test_no_line_on_engineering_as_a_whole_is_only_shown(catalog: Catalog) -> None:
    lists = [theme.lines for theme in catalog.themes.values()] + [each.lines for each in catalog.boundaries]
    intros = (boundary.intro for boundary in catalog.boundaries)
    mottos = (motto.text for motto in catalog.mottos)
    wins = catalog.roles["software-engineer"].why_they_win
    said = {*(line for lines in lists for line in lines), *intros, *mottos, *wins}
    practised = {line for project in catalog.projects.values() for line in project.source_lines}
    assert said - practised == set()


def test_a_role_of_the_source_says_nothing_but_the_sources_own_lines(catalog: Catalog) -> None:
    devops = catalog.roles["devops-engineer"]
    with pytest.raises(ValidationError, match="the source's own lines"):
        Role.model_validate({**devops.model_dump(), "less": ["Paraphrases"]})
