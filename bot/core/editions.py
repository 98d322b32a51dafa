"""Which edition of the content each process serves, and which one all of them should."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """The version that all processes should serve: the last one that somebody asked to be read."""

    version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """What one process serves. `mistakes` counts those of its files, if it can't use them."""

    process: str
    name: str  # host and process id, for the operator
    version: str
    mistakes: int = 0
    first_mistake: str | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The wanted version, and the copies of all processes that run."""

    wanted: Wanted | None
    copies: Sequence[Copy]

    @property
    def refused(self) -> list[Copy]:
        """Return the copies whose files hold mistakes."""
        return [copy for copy in self.copies if copy.mistakes]

    @property
    def differing(self) -> list[Copy]:
        """Return the copies of another version whose files hold no mistake: these are other files."""
        return [
            copy for copy in self.copies if self.wanted and copy.version != self.wanted.version and not copy.mistakes
        ]
