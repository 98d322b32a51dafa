"""A project: three to five small weekly steps on a member's own work that leave one thing to show."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.core.content_types import Copyable, Kit, Line, Name, Needs, Part, Prose, Reviewed, Slug, Tip

Told = Annotated[str, StringConstraints(min_length=1, max_length=500)]  # one half of a worked example
Message = Annotated[str, StringConstraints(min_length=1, max_length=400)]  # to a colleague, to copy
LAB = "lab "  # before the name of a lab in `without`


class Step(Tip):
    skill: Slug
    why: Line
    called: Line
    uses: Name | None = None  # what an earlier step makes, or what the project keeps
    makes: Name  # what there is after it
    kit: Kit
    small: Line  # what comes first: five minutes of it
    small_done_when: Line
    free: Line | None = None  # what who lacks the step's need does instead
    extra: bool = False  # it comes after the end, for who wants more
    own_work: bool = True
    before: Told  # the worked example
    after: Told


class Kept(Part):
    """What a project leaves, kept where the team keeps such things. `start`: its empty form, to copy."""

    name: Name
    start: Copyable


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
    name: Name
    outcome: Line
    why: Line
    source_lines: tuple[Line, ...] = Field(default=(), max_length=8)  # that it puts into practice
    theme: Slug
    skills: tuple[Slug, ...] = Field(min_length=1, max_length=4)  # offered as learned at its end
    needs: Needs = ()
    ask_for: Mapping[Slug, Message] = Field(default={})  # by need, to a colleague
    without: Mapping[Slug, Line] = Field(default={})  # a way round, another project, or `lab` and its name
    grants: Needs = ()  # needs that a member has once it is finished
    keeps: Kept
    half_way: HalfWay
    done_when: Line
    show: Line
    ask: Line  # the question about what came out
    again: Again
    before: Line
    after: Prose
    asks: tuple[Line, ...] = Field(default=(), max_length=24)
    steps: tuple[Step, ...] = Field(min_length=3, max_length=6)

    @cached_property
    def main_steps(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.extra)
