"""`content export --skills`: each skill as a SKILL.md, for assistants that load agent skills."""

import json
from collections.abc import Iterator
from pathlib import Path

from bot.core.catalog import Catalog
from bot.core.content_types import Skill, Tip
from bot.core.errors import CommandError
from bot.core.review import FIRST, fitting

MAX_DESCRIPTION = 400  # characters that Slackbot takes; agent skills may have 1,024
MAX_BODY = 20_000  # characters: about the 5,000 tokens that agent skills recommend


def export(catalog: Catalog, folder: Path) -> int:
    """Write `<slug>/SKILL.md` for each skill and return how many there are. Raise CommandError."""
    try:
        for slug, skill in catalog.skills.items():
            (folder / slug).mkdir(parents=True, exist_ok=True)
            (folder / slug / "SKILL.md").write_text(skill_md(catalog, skill), "utf-8")
    except OSError as error:
        raise CommandError(f"{error.filename} can't be written: {error.strerror}. Name another folder.") from error
    return len(catalog.skills)


def skill_md(catalog: Catalog, skill: Skill) -> str:
    """Return the file of a skill. Of its `asks`, tips and steps, it has those that fit."""
    begin = f"Practise or review “{skill.name}”. {skill.why} Use when somebody asks:"
    asks = (f"{ask};" for ask in skill.asks or (f"how do I learn {skill.name}",))
    description = " ".join([begin, *fitting(asks, MAX_DESCRIPTION - len(begin))]).rstrip(";:") + "."
    head = f"---\nname: {skill.slug}\ndescription: {json.dumps(description, ensure_ascii=False)}\n---\n"
    body = "\n".join(_body(skill))
    exercises = (_exercise(tip) for of, tip in catalog.tips if of.slug == skill.slug)
    return "\n".join([head, body, *fitting(exercises, MAX_BODY - len(body))])


def _body(skill: Skill) -> Iterator[str]:
    yield from (f"# {skill.name}", "", skill.why, "", f"{FIRST} Offer one exercise at a time.", "")
    yield from ("## Usual mistakes", "", *(f"- {mistake}" for mistake in skill.mistakes), "")
    yield from ("## Levels, by what can be seen", "", *(f"- {level}: {line}" for level, line in skill.looks_like), "")
    for title, text in (("Something to copy", skill.template), ("A worked example", skill.example)):
        yield from (f"## {title}", "", _code(text)) if text else ()
    yield from ("## Exercises", "", f"To begin: {skill.first_exercise}", "")


def _exercise(tip: Tip) -> str:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(tip.do, 1))
    kit = f"\nThe kit:\n\n{_code(tip.kit)}" if tip.kit else ""
    return f"### {tip.title} ({tip.minutes} minutes)\n\n{steps}\n\nDone when {tip.done_when}\n{kit}"


def _code(text: str) -> str:
    return f"~~~\n{text.strip()}\n~~~\n"
