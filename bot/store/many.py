"""Write many rows at once: PostgreSQL gets one array for each column, SQLite gets the rows one after another."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Executable, TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY


def arrays(**columns: Column[Any]) -> TableValuedAlias:
    """Return a table of new values. Each column is read from a parameter of the same name, an array of its type."""
    values = (bindparam(name, type_=ARRAY(like.type)) for name, like in columns.items())
    names = (column(name, like.type) for name, like in columns.items())
    return func.unnest(*values).table_valued(*names, name="new").render_derived()


def write(tx: Connection, each: Executable, together: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """Execute `together` once with arrays on PostgreSQL, or `each` for every row on SQLite."""
    if tx.dialect.name == "postgresql":
        tx.execute(together, {name: _array([row[name] for row in rows]) for name in rows[0]})
    else:
        tx.execute(each, rows)


def _array(values: list[Any]) -> list[Any]:
    """Return an empty array if all values are null: `unnest` adds the nulls again, which saves the driver time."""
    return values if values.count(None) < len(values) else []
