"""Column types and the registry of tables. A moment is an aware datetime in UTC; a lease ends by the database's clock.

The database's clock counts in seconds since 1970: leases are compared by one clock, however many workers there are.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, TypeVarTuple

import sqlalchemy as sa

# SQLite takes `ON CONFLICT` and `RETURNING` as PostgreSQL does, so this insert serves both.
from sqlalchemy.dialects.postgresql import Insert, insert as insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator

from bot.core.member import MemberKey

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
SLACK_ID = sa.String(32)
SLUG = sa.String(80)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def of_workspaces(name: str, *more: sa.Column[Any] | sa.Index | sa.ForeignKeyConstraint) -> sa.Table:
    return sa.Table(name, metadata, sa.Column("workspace_id", SLACK_ID, primary_key=True), *more)


def about_a_member() -> sa.ForeignKeyConstraint:
    """Return the foreign key by which a row goes when its member goes. It does not hold while `member_id` is null."""
    columns = ("workspace_id", "member_id")
    return sa.ForeignKeyConstraint(columns, [f"member.{name}" for name in columns], ondelete="CASCADE")


Conditions = tuple[sa.ColumnElement[bool], ...]


def this_member(table: sa.FromClause) -> Conditions:
    """Return the conditions for rows about the member `m` of the workspace `w`.

    UPDATE would set a column that has the name of a parameter.
    """
    return table.c.workspace_id == sa.bindparam("w"), table.c.member_id == sa.bindparam("m")


def of_members(table: sa.FromClause) -> Conditions:
    """Return the conditions for rows about the `members`, a list of ids, of the workspace `w`."""
    return table.c.workspace_id == sa.bindparam("w"), table.c.member_id.in_(sa.bindparam("members", expanding=True))


def rows_of(table: sa.FromClause, who: MemberKey) -> Conditions:
    return table.c.workspace_id == who.workspace_id, table.c.member_id == who.member_id


def same_member(table: sa.FromClause, other: sa.FromClause, *columns: str) -> sa.ColumnElement[bool]:
    """Return the condition that rows of both are about the same member, and have the same in these columns."""
    return sa.and_(*(table.c[name] == other.c[name] for name in ("workspace_id", "member_id", *columns)))


def upsert(
    table: sa.Table, values: Mapping[str, Any], changes: Mapping[str, Any], *where: sa.ColumnElement[bool]
) -> Insert:
    """Return the INSERT of a row that makes these changes if one with its key is there, and meets the conditions."""
    new, condition = insert(table).values(values), sa.and_(*where) if where else None
    return new.on_conflict_do_update(index_elements=table.primary_key.columns, set_=changes, where=condition)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in time. It refuses naive datetimes, and returns aware ones in UTC on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy calls it so
        """Convert a moment to UTC, as SQLite stores it as text without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was about to be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy calls it so
        """Return a moment in UTC: SQLite returns one without a zone, PostgreSQL one in that of the session."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class database_now(GenericFunction[float]):  # noqa: N801 - reads as the SQL function that it stands for
    """`SELECT database_now()`."""

    type = sa.Double()
    inherit_cache = True


@compiles(database_now, "postgresql")
def _on_postgresql(_element: database_now, _compiler: SQLCompiler, **_: object) -> str:
    return "date_part('epoch', clock_timestamp())"  # a double; `extract` computes with a `numeric`, which takes longer


@compiles(database_now, "sqlite")
def _on_sqlite(_element: database_now, _compiler: SQLCompiler, **_: object) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


MAX_PAUSE = 3600.0  # seconds; Slack's Retry-After is seconds to minutes


def is_ahead(until: sa.Column[float]) -> sa.ColumnElement[bool]:
    """Return whether a pause lasts. One that ends further ahead was set before the clock was set back, and is over."""
    return sa.func.coalesce(until, 0.0).between(database_now(), database_now() + MAX_PAUSE)
