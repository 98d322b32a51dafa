"""*Have it reviewed*: a text with which a member's own assistant reviews what they made."""

from collections.abc import Iterable, Iterator

from bot.core.catalog import Catalog
from bot.core.content_types import Skill

MAX_TEXT = 1_500  # characters
FIRST = "You are a reviewer: name what is missing, ask for evidence, don't rewrite."
LAST = (
    'Check each part and number of "Done when", each step, each mistake: quote what fails, or say what is missing. '
    "Name contradictions. What would show the next level? No score, no praise. My work:"
)


def review_text(catalog: Catalog, lesson_id: str) -> str:
    """Return the text to copy for a tip or a step, with the mistakes and levels that fit. Raise KeyError."""
    skill, tip = catalog.lessons[lesson_id]
    project = catalog.project_of.get(tip.id)
    task = f"Task: {tip.title} ({project.name if project else skill.name})"
    begin = "\n".join([FIRST, "", task, *(f"- {step}" for step in tip.do), f"Done when {tip.done_when}"])
    left = MAX_TEXT - len(f"{begin}\n\n\n\n{LAST}")
    return "\n\n".join([begin, "\n".join(fitting(rubric(skill), left)), LAST])


def rubric(skill: Skill) -> Iterator[str]:
    yield from ("Usual mistakes:", *(f"- {mistake}" for mistake in skill.mistakes))
    yield from ("Levels, by what can be seen:", *(f"- {level}: {seen}" for level, seen in skill.looks_like))


def fitting(lines: Iterable[str], left: int) -> Iterator[str]:
    """Yield the first lines that have, each with what divides it from the next, no more characters than are left."""
    for line in lines:
        left -= len(f"{line}\n")
        if left < 0:
            return
        yield line
