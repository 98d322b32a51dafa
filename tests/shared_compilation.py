"""Let all engines of a test process share what SQLAlchemy compiled: most tests open a database of their own.

SQLAlchemy keeps compiled statements for each engine and each dialect object. A bot has one of each for its whole life;
tests would compile every statement a thousand times.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event


@contextmanager
def shared_compilation() -> Iterator[None]:
    """Give an engine, when it connects, the dialect and the compiled statements of the first one of its kind."""
    first: dict[type[Dialect], tuple[Dialect, Any]] = {}

    def connected(connection: Connection) -> None:
        engine = connection.engine
        dialect, compiled = first.setdefault(type(engine.dialect), (engine.dialect, engine._compiled_cache))
        connection.dialect = engine.dialect = dialect
        engine._compiled_cache = compiled

    event.listen(Engine, "engine_connect", connected)
    yield
    event.remove(Engine, "engine_connect", connected)
