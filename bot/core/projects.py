"""A project: three to five small weekly steps on a member's own work that leave one thing to show."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.core.content_types import Kit, Line, Name, Needs, Part, Prose, Reviewed, Slug, Tip

Told = Annotated[str, StringConstraints(min_length=1, max_length=500)]  # one half of a worked example
Sheet = Annotated[str, StringConstraints(min_length=1, max_length=900)]  # an empty form, to copy
Message = Annotated[str, StringConstraints(min_length=1, max_length=400)]  # to a colleague, to copy
LAB = "lab "  # before the name of a lab in `without`


class Step(Tip):
    """A tip that belongs to a project.

    `uses`: what an earlier step makes, or what the project keeps. `makes`: what there is after it. `free`: what to do
    instead, for a member who lacks the step's need. `extra`: it comes after the end, for who wants more. `before` and
    `after` are the worked example.
    """

    skill: Slug
    why: Line
    called: Line
    uses: Name | None = None
    makes: Name
    kit: Kit
    small: Line
    free: Line | None = None
    extra: bool = False
    own_work: bool = True
    before: Told
    after: Told


class Kept(Part):
    """What a project leaves, kept where the team keeps such things. `start`: its empty form, to copy."""

    name: Name
    start: Sheet


class HalfWay(Part):
    """After how many steps there is something to show, and what it is. Stopping there is a good end."""

    after: int = Field(ge=1, le=3)
    says: Line


class Again(Part):
    """A few minutes on what a project left, some weeks after its end."""

    after_weeks: int = Field(ge=4, le=26)
    minutes: int = Field(ge=5, le=20)
    do: Line
    uses: Name | None = None


class Project(Reviewed):
    """Small weekly steps with one outcome.

    `source_lines`: lines of the source document that it puts into practice. `skills`: offered as learned at its end.
    `ask_for`: by need, the message to a colleague that asks for it. `without`: by need, a way round in words, the slug
    of another project, or `lab` and its name. `grants`: needs that a member has once it is finished. `ask`: the
    question about what came out.
    """

    name: Name
    outcome: Line
    why: Line
    source_lines: tuple[Line, ...] = Field(default=(), max_length=8)
    theme: Slug
    skills: tuple[Slug, ...] = Field(min_length=1, max_length=4)
    needs: Needs = ()
    ask_for: Mapping[Slug, Message] = Field(default={})
    without: Mapping[Slug, Line] = Field(default={})
    grants: Needs = ()
    keeps: Kept
    half_way: HalfWay
    done_when: Line
    show: Line
    ask: Line
    again: Again
    before: Line
    after: Prose
    asks: tuple[Line, ...] = Field(default=(), max_length=24)
    steps: tuple[Step, ...] = Field(min_length=3, max_length=6)

    @property
    def main_steps(self) -> tuple[Step, ...]:
        """Return the steps that lead to the end."""
        return tuple(step for step in self.steps if not step.extra)

    @property
    def all_needs(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield each need that the project or one of its steps names, with its place."""
        yield from ((("needs", number), need) for number, need in enumerate(self.needs))
        for index, step in enumerate(self.steps):
            yield from ((("steps", index, "needs", number), need) for number, need in enumerate(step.needs))
