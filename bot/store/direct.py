"""Run through the driver's cursor the statements that answers and Homes wait for, and those of each batch of tips.

SQLAlchemy compiles such a statement once. To run it again through SQLAlchemy costs three times what the database needs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Any, Generic, TypeVar

from sqlalchemy import CompoundSelect, Connection, Dialect, Select, UpdateBase
from sqlalchemy.util import await_only

DOUBLE = 701  # PostgreSQL's id of `double precision`, the type of all our fractions

T = TypeVar("T")
OtherT = TypeVar("OtherT")
Rows = Sequence[Sequence[Any]]
Columns = Mapping[str, Sequence[Any]]  # the values of many rows by column, in the order of the rows
Convert = Callable[[Any], Any]
Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | UpdateBase


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in the driver's words. `writes` and `reads` convert parameters and columns, by name and place."""

    sql: str
    names: Sequence[str]
    given: Mapping[str, Any]  # parameters whose values stand in the statement
    writes: Mapping[str, Convert]
    reads: Sequence[tuple[int, Convert]]


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """A verb that is one SELECT and makes its result of the rows alone. PostgreSQL answers it without a greenlet."""

    statement: Statement
    values: Mapping[str, Any]
    make: Callable[[Rows], T]

    def __call__(self, tx: Connection) -> T:
        """Return the result, as any verb does."""
        return self.make(rows(tx, self.statement, self.values))

    def then(self, make: Callable[[T], OtherT]) -> "Query[OtherT]":
        """Return a query that makes something of this one's result."""
        return Query(self.statement, self.values, lambda rows: make(self.make(rows)))


async def ask(tx: Connection, query: Query[T]) -> T:
    """Return the result of a query. For asyncpg's connections in AUTOCOMMIT."""
    ready = _compiled(query.statement, tx.dialect, tuple(query.values))
    args = _arguments(ready, query.values)
    _tell_listeners(tx, ready.sql, args)
    driver: Any = tx.connection.driver_connection
    return query.make(_read(await driver.fetch(ready.sql, *args), ready.reads))


def rows(tx: Connection, statement: Statement, values: Mapping[str, Any]) -> Rows:
    """Return the rows of a statement without expanding parameters. Their columns are read by place, not by name."""
    ready = _compiled(statement, tx.dialect, tuple(values))
    args = _arguments(ready, values)
    if not _may_ask_driver(tx):
        found: Any = tx.exec_driver_sql(ready.sql, tuple(args))
        return _read(found.cursor.fetchall(), ready.reads) if found.returns_rows else ()
    _tell_listeners(tx, ready.sql, args)
    driver: Any = tx.connection.driver_connection
    if tx.dialect.name == "sqlite":
        return _read(driver.execute(ready.sql, args).fetchall(), ready.reads)
    return _read(await_only(driver.fetch(ready.sql, *args)), ready.reads)


def write_each(tx: Connection, statement: UpdateBase, columns: Columns, shared: Mapping[str, Any]) -> None:
    """Run a statement once for each row of these columns. `shared` has one value for all rows. SQLite only."""
    ready = _compiled(statement, tx.dialect, (*columns, *shared))
    known: dict[str, Iterable[Any]] = {name: repeat(value) for name, value in {**ready.given, **shared}.items()}
    known.update(columns)
    converted = [map(ready.writes[name], known[name]) if name in ready.writes else known[name] for name in ready.names]
    args = list(zip(*converted, strict=False))  # `repeat` has no end
    _tell_listeners(tx, ready.sql, args)
    driver: Any = tx.connection.driver_connection
    driver.executemany(ready.sql, args)


def _may_ask_driver(tx: Connection) -> bool:
    """Return whether the driver needs no transaction, or is in one: SQLAlchemy begins it with its first statement."""
    if tx.dialect.name == "sqlite" or tx.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return True
    driver: Any = tx.connection.driver_connection
    return bool(driver.is_in_transaction())


def _tell_listeners(tx: Connection, sql: str, args: Sequence[Any]) -> None:
    """Do as SQLAlchemy does: tests count statements by this event."""
    if listeners := tx.dispatch.before_cursor_execute:
        listeners(tx, None, sql, args, None, False)  # noqa: FBT003 - the event's arguments have no names


def _arguments(ready: _Compiled, values: Mapping[str, Any]) -> list[Any]:
    known = {**ready.given, **values}
    for name, write in ready.writes.items():
        known[name] = write(known[name])
    return [known[name] for name in ready.names]


@lru_cache(maxsize=64)
def _compiled(statement: Statement, dialect: Dialect, given: tuple[str, ...]) -> _Compiled:
    """Compile a statement for parameters of these names: they decide which columns an INSERT fills."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(given))
    names = tuple(compiled.positiontup)
    types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in names}
    writes = {name: each for name in names if (each := types[name].bind_processor(dialect)) is not None}
    columns = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
    reads = [(place, each.result_processor(dialect, DOUBLE)) for place, each in enumerate(columns)]
    return _Compiled(
        str(compiled), names, compiled.params, writes, [(place, read) for place, read in reads if read is not None]
    )


def _read(rows: Rows, reads: Sequence[tuple[int, Convert]]) -> Rows:
    if not reads:
        return rows
    found = [list(row) for row in rows]
    for place, read in reads:
        for row in found:
            if row[place] is not None:
                row[place] = read(row[place])
    return found
