"""Many rows in one statement: PostgreSQL takes each column as an array, SQLite takes row after row in our process."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Executable, TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY


def arrays(**columns: Column[Any]) -> TableValuedAlias:
    """A table of new values; each parameter bears the name of its column and is an array of that column's type."""
    values = (bindparam(name, type_=ARRAY(like.type)) for name, like in columns.items())
    names = (column(name, like.type) for name, like in columns.items())
    return func.unnest(*values).table_valued(*names, name="new").render_derived()


def write(tx: Connection, each: Executable, together: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """Executes `each` for every row, or `together` for all their arrays, whichever the database does faster."""
    if tx.dialect.name == "postgresql":
        tx.execute(together, {name: _array([row[name] for row in rows]) for name in rows[0]})
    else:
        tx.execute(each, rows)


def _array(values: list[Any]) -> list[Any]:
    """Of nothing but nulls, an empty one: `unnest` fills up with nulls, and the driver looks at each value twice."""
    return values if values.count(None) < len(values) else []
