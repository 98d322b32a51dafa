"""The database's own clock, in seconds since 1970: leases are compared by one clock, however many workers there are."""

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class database_now(GenericFunction[float]):  # noqa: N801 - reads as the SQL function that it stands for
    """`SELECT database_now()`."""

    type = Double()
    inherit_cache = True


@compiles(database_now, "postgresql")
def _on_postgresql(_element: database_now, _compiler: SQLCompiler, **_: object) -> str:
    return "date_part('epoch', clock_timestamp())"  # a double; `extract` computes with a `numeric`, which takes longer


@compiles(database_now, "sqlite")
def _on_sqlite(_element: database_now, _compiler: SQLCompiler, **_: object) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


class later_of(GenericFunction[float]):  # noqa: N801 - as above
    """The greater of two numbers, which each database calls by another name."""

    type = Double()
    inherit_cache = True


@compiles(later_of, "postgresql")
def _greatest(element: later_of, compiler: SQLCompiler, **kwargs: object) -> str:
    return f"greatest({compiler.process(element.clauses, **kwargs)})"


@compiles(later_of, "sqlite")
def _max(element: later_of, compiler: SQLCompiler, **kwargs: object) -> str:
    return f"max({compiler.process(element.clauses, **kwargs)})"
