"""Count the SQL statements and commits that a verb of the coach sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

MAX_SELECTS, MAX_STATEMENTS = 2, 4  # of most verbs


@dataclass
class Seen:
    """The statements and commits that were sent to the database."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def watched() -> Iterator[Seen]:
    seen = Seen()

    def statement(_c: Any, _cursor: Any, sql: str, *_: Any) -> None:
        seen.statements.append(sql)

    def commit(_connection: Connection) -> None:
        seen.commits += 1

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", statement)
        event.remove(Engine, "commit", commit)
