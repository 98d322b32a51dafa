"""Rules for projects: their shape, what one step hands to the next, and their words."""

import re
from collections.abc import Iterator
from itertools import chain

from bot.core.catalog import Catalog
from bot.core.content_types import Level
from bot.core.lint.tasks import MAX_WORDS_OF_STEP, NEEDS_OF_OTHERS, VAGUE_ENDS, Fault, faults_of_step
from bot.core.lint.texts import Flaw
from bot.core.projects import Project, Step

MAIN_STEPS = range(3, 6)  # that lead to the end; one more may come after it
MAX_MINUTES_OF_FIRST = 20
MAX_WORDS_OF_STEP_CARD = 80  # its title, `why`, `do` and `done_when`
MAX_WORDS_OF_MESSAGE = {True: 100, False: 92}  # of a first step, of a later one; with what stands in each: 120, 110
MAX_WORDS = {"name": 8, "outcome": 20, "why": 20}  # of a project
MAX_WORDS_OF_A_STEP = {"title": 8, "why": 20, "makes": 8, "small": 14, "free": MAX_WORDS_OF_STEP}
ENDS_IN_TICKET = re.compile(r"\b(?:in|into|as) (?:a|the|one) ticket\b|\bticket (?:is|says|names)\b", re.IGNORECASE)


def project_findings(catalog: Catalog) -> Iterator[Flaw]:
    listed = (role.projects.of(level) for role in catalog.roles.values() for level in Level)
    offered = set(chain.from_iterable(listed))
    for project in catalog.projects.values():
        if project.slug not in offered:
            yield Flaw(project, (), f"project {project.slug!r} is in no role's `projects:`; add it to one")
        faults = (*_of_shape(project), *_of_words(project), *_of_needs(project), *_of_steps(project))
        yield from (Flaw(project, where, text) for where, text in faults)


def _of_shape(project: Project) -> Iterator[Fault]:
    extra = [step.extra for step in project.steps]
    if len(project.main_steps) not in MAIN_STEPS:
        yield ("steps",), f"`steps`: {len(project.main_steps)} lead to the end; write three to five"
    if sum(extra) > 1 or any(extra[:-1]):
        yield ("steps",), "`extra`: only the last step may be one"
    if project.half_way.after >= len(project.main_steps):
        yield ("half_way", "after"), "`after`: is the end; half-way stands before the last step"
    if project.steps[0].minutes > MAX_MINUTES_OF_FIRST:
        said = f"`minutes`: {project.steps[0].minutes}; a first step takes {MAX_MINUTES_OF_FIRST} at most"
        yield ("steps", 0, "minutes"), said
    if not any(NEEDS_OF_OTHERS & set(step.needs) for step in project.main_steps):
        yield ("steps",), "`steps`: nobody else appears; let one step be done with another person"


def _of_words(project: Project) -> Iterator[Fault]:
    for key, most in MAX_WORDS.items():
        yield from _too_long((key,), getattr(project, key), most)
    for index, step in enumerate(project.steps):
        for key, most in MAX_WORDS_OF_A_STEP.items():
            yield from _too_long(("steps", index, key), getattr(step, key) or "", most)
        count = len(f"{step.title} {step.why} {step.instructions} {step.done_when}".split())
        if count > MAX_WORDS_OF_STEP_CARD:
            said = f"`do`: {count} words with the title, `why` and `done_when`; write {MAX_WORDS_OF_STEP_CARD} at most"
            yield ("steps", index, "do"), said
        others = (project.outcome, *project.source_lines[:1]) if index == 0 else (step.uses or "",)
        shown = " ".join((project.name, step.title, step.why, step.instructions, step.done_when, *others))
        if (count := len(re.findall(r"\S*\w\S*", shown))) > (most := MAX_WORDS_OF_MESSAGE[index == 0]):
            said = f"`do`: its message has {count} words with the project's name, "
            said += "its `outcome` and the first of `source_lines`" if index == 0 else "and what it `uses`"
            yield ("steps", index, "do"), f"{said}; write {most} at most"


def _too_long(where: tuple[str | int, ...], text: str, most: int) -> Iterator[Fault]:
    if (count := len(text.split())) > most:
        yield where, f"`{where[-1]}`: {count} words; write {most} at most"


def _of_needs(project: Project) -> Iterator[Fault]:
    """Yield each need for which nothing says what to do without it."""
    for number, need in enumerate(project.needs):
        if need not in project.without:
            yield ("needs", number), f"`needs`: say in `without:` what who lacks {need!r} does"
    for index, step in enumerate(project.steps):
        lacked = set(step.needs) - set(project.without)
        if lacked and not step.free:
            said = f"`needs`: say in `free:` what who lacks {min(lacked)!r} does, or in the project's `without:`"
            yield ("steps", index, "needs"), said


def _of_steps(project: Project) -> Iterator[Fault]:
    made = {project.keeps.name}
    for index, step in enumerate(project.steps):
        yield from ((("steps", index, *where), text) for where, text in faults_of_step(step))
        if step.uses is None and index:
            yield ("steps", index), "`uses`: name what an earlier step makes, so that the steps build on each other"
        if step.uses is not None and step.uses not in made:
            yield ("steps", index, "uses"), f"`uses`: no earlier step makes {step.uses!r}"
        if step.makes.casefold().startswith(VAGUE_ENDS):
            yield ("steps", index, "makes"), "`makes`: name a thing that somebody could open"
        made.add(step.makes)
    for index, (step, later) in enumerate(_in_pairs(project)):
        if ENDS_IN_TICKET.search(step.done_when) and later is not None and later.uses != step.makes:
            yield ("steps", index, "done_when"), "`done_when`: ends in a ticket that the next step does not do"
    if ENDS_IN_TICKET.search(project.main_steps[-1].done_when):
        yield ("steps", len(project.main_steps) - 1, "done_when"), "`done_when`: the last step ends in a ticket"
    if project.again.uses is not None and project.again.uses not in made:
        yield ("again", "uses"), f"`uses`: no step makes {project.again.uses!r}"


def _in_pairs(project: Project) -> Iterator[tuple[Step, Step | None]]:
    steps = project.main_steps
    return zip(steps, (*steps[1:], None), strict=True)
