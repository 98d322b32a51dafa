"""Read rows through the driver's own cursor, for the few statements that answers and Homes wait for.

SQLAlchemy compiles such a statement once. To run it again through SQLAlchemy costs three times what the database needs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Dialect, Select
from sqlalchemy.util import await_only

Convert = Callable[[Any], Any]
Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in the driver's words. `writes` and `reads` convert parameters and columns, by name and place."""

    sql: str
    names: Sequence[str]
    given: Mapping[str, Any]  # parameters whose values stand in the statement
    writes: Mapping[str, Convert]
    reads: Sequence[tuple[int, Convert]]


def rows(tx: Connection, statement: Statement, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """Return the rows of a SELECT without expanding parameters. Their columns are read by place, not by name."""
    if tx.dialect.name != "sqlite" and tx.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        return tx.execute(statement, values).all()  # SQLAlchemy begins the transaction with its first statement
    ready = _compiled(statement, tx.dialect)
    known = {**ready.given, **values}
    for name, write in ready.writes.items():
        known[name] = write(known[name])
    args = [known[name] for name in ready.names]
    if listeners := tx.dispatch.before_cursor_execute:  # tests count statements by this event
        listeners(tx, None, ready.sql, args, None, False)  # noqa: FBT003 - the event's arguments have no names
    driver = tx.connection.driver_connection
    assert driver is not None  # noqa: S101 - tells the type checker that the connection is open
    if tx.dialect.name == "sqlite":
        found = driver.execute(ready.sql, args).fetchall()
    else:
        found = await_only(driver.fetch(ready.sql, *args))
    return [_read(row, ready.reads) for row in found] if ready.reads else found


@lru_cache(maxsize=64)
def _compiled(statement: Statement, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    names = tuple(compiled.positiontup)
    types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in names}
    writes = {name: each for name in names if (each := types[name].bind_processor(dialect)) is not None}
    columns = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    reads = [(place, each.result_processor(dialect, None)) for place, each in enumerate(columns)]
    return _Compiled(
        str(compiled), names, compiled.params, writes, [(place, read) for place, read in reads if read is not None]
    )


def _read(row: Sequence[Any], reads: Sequence[tuple[int, Convert]]) -> Sequence[Any]:
    new = list(row)
    for place, read in reads:
        if new[place] is not None:
            new[place] = read(new[place])
    return new
