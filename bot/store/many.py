"""Write many rows at once, and find rows by many keys.

PostgreSQL writes with one statement and an array per column, SQLite row by row.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from sqlalchemy import JSON, Boolean, Column, Connection, String, TableValuedAlias, UpdateBase, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from bot.store import direct
from bot.store.direct import Columns

TEXTS = JSON().with_variant(ARRAY(String(), dimensions=1), "postgresql")


def arrays(alias: str = "new", /, **columns: Column[Any]) -> TableValuedAlias:
    """Return a table of new values. Each column comes from a parameter of the same name: an array of its type."""
    # Without `dimensions`, SQLAlchemy looks whether each single value is a list again.
    values = (bindparam(name, type_=ARRAY(like.type, dimensions=1)) for name, like in columns.items())
    names = (column(name, like.type) for name, like in columns.items())
    return func.unnest(*values).table_valued(*names, name=alias).render_derived()


def write(tx: Connection, each: UpdateBase, together: UpdateBase, new: Columns, **shared: object) -> None:
    """Execute `each` for every row, or `together` once with arrays, whichever is faster on this database.

    `shared` are further parameters, with one value for all rows.
    """
    if tx.dialect.name == "postgresql":
        direct.rows(tx, together, {name: _array(values) for name, values in new.items()} | shared)
    else:
        direct.write_each(tx, each, new, shared)


def columns(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Return the columns of rows that have the same names."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def _array(values: Sequence[Any]) -> Sequence[Any]:
    """Return an empty array if all values are null: `unnest` adds the nulls again, and the driver encodes less."""
    return values if values.count(None) < len(values) else []


class is_any_of(GenericFunction[bool]):  # noqa: N801 - reads as the condition that it stands for
    """A condition that compiles to one statement, however many texts the list has."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> Self:  # noqa: ARG002 - SQLAlchemy calls it so
        """Return the condition as it is. SQLAlchemy would add `= 1` on SQLite, which then uses no index for it."""
        return self


def among(where: Column[Any], name: str) -> is_any_of:
    """Return the condition that a column is one of the texts in the list parameter `name`."""
    return is_any_of(where, bindparam(name, type_=TEXTS))


@compiles(is_any_of, "postgresql")
def _any(element: is_any_of, compiler: SQLCompiler, **kwargs: object) -> str:
    where, texts = element.clauses
    return f"{compiler.process(where, **kwargs)} = ANY ({compiler.process(texts, **kwargs)})"


@compiles(is_any_of, "sqlite")
def _in(element: is_any_of, compiler: SQLCompiler, **kwargs: object) -> str:
    where, texts = element.clauses
    column, values = compiler.process(where, **kwargs), compiler.process(texts, **kwargs)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # nosec B608 # noqa: S608 - names of columns and parameters
