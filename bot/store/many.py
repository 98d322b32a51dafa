"""Write many rows at once: on PostgreSQL with one statement and an array per column, on SQLite row by row."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Executable, TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY


def arrays(**columns: Column[Any]) -> TableValuedAlias:
    """Return a table of new values. Each column comes from a parameter of the same name: an array of its type."""
    values = (bindparam(name, type_=ARRAY(like.type)) for name, like in columns.items())
    names = (column(name, like.type) for name, like in columns.items())
    return func.unnest(*values).table_valued(*names, name="new").render_derived()


def write(
    tx: Connection, each: Executable, together: Executable, rows: Sequence[dict[str, Any]], **shared: object
) -> None:
    """Execute `each` for every row, or `together` once with arrays, whichever is faster on this database.

    `shared` are further parameters, with one value for all rows.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(together, {name: _array([row[name] for row in rows]) for name in rows[0]} | shared)
    else:
        tx.execute(each, [row | shared for row in rows])


def _array(values: list[Any]) -> list[Any]:
    """Return an empty array if all values are null: `unnest` adds the nulls again, and the driver encodes less."""
    return values if values.count(None) < len(values) else []
