"""`content export --skills`: each skill as a SKILL.md, for assistants that load agent skills."""

import json
from pathlib import Path

from bot.core.catalog import Catalog
from bot.core.content_types import Skill
from bot.core.errors import CommandError
from bot.core.review import FIRST, fitting, rubric

MAX_DESCRIPTION = 400  # characters that Slackbot takes; agent skills may have 1,024
MAX_BODY = 19_000  # characters: under the 500 lines and 5,000 tokens that agent skills recommend


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
    when = f"Practise or review “{skill.name}”. {skill.why} Use when somebody asks:"
    asks = (f"{ask};" for ask in skill.asks or (f"how do I learn {skill.name}",))
    description = " ".join([when, *fitting(asks, MAX_DESCRIPTION - len(when))]).rstrip(";:") + "."
    head = f"---\nname: {skill.slug}\ndescription: {json.dumps(description, ensure_ascii=False)}\n---"
    parts = ("Form", skill.template), ("Example", skill.example)
    copies = [f"{title}:\n{_code(text)}" for title, text in parts if text]
    body = [f"# {skill.name}", f"{FIRST} Offer one exercise at a time.", "\n".join(rubric(skill)), *copies]
    begin = "\n\n".join([head, *body, f"To begin: {skill.first_exercise}", ""])
    exercises = []
    for tip in (tip for of, tip in catalog.tips if of.slug == skill.slug):
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(tip.do, 1))
        kit = f"\nTo copy:\n{_code(tip.kit)}\n" if tip.kit else ""
        exercises.append(f"## {tip.title} ({tip.minutes} minutes)\n\n{steps}\n\nDone when {tip.done_when}\n{kit}")
    return "\n".join([begin, *fitting(exercises, MAX_BODY - len(begin))])


def _code(text: str) -> str:
    return f"~~~\n{text.strip()}\n~~~"
