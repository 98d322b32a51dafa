"""What the page's guide for newcomers shows: an app's first steps, and which of them a person has done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.playground.emulator.people import Person


@dataclass(frozen=True)
class Step:
    """One step. `hint` is shown while it is the next one."""

    id: str
    label: str
    hint: str
    done: bool
    command: str | None = None  # what its button sends; None: the button moves the clock to the next event


@dataclass(frozen=True)
class FirstSteps:
    """All steps. `ending` is shown once they are done."""

    title: str
    steps: Sequence[Step]
    ending: str


class Guide(Protocol):
    """Knows an app's first steps."""

    async def first_steps(self, person: Person) -> FirstSteps | None:
        """Return the steps as this person has done them, or None if there is no guide for them."""
