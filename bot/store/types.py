"""Column types. A moment in time is always an aware datetime in UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, TypeCoerce, type_coerce
from sqlalchemy.types import NullType, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in time. It refuses naive datetimes, and returns aware ones in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Cache the conversion: many rows in turn have the same moment, and its text for SQLite is slow to make."""
        process = super().bind_processor(dialect)
        return process and lru_cache(maxsize=256)(process)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Read SQLite's text by itself: SQLAlchemy takes three times as long for each of many moments."""
        return read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy calls it so
        """Convert a moment to UTC, as SQLite stores it as text without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was about to be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy calls it so
        """Return a moment in UTC: PostgreSQL returns one in the session's zone."""
        return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


def read_text(text: str | None) -> datetime | None:
    """Return a moment from the text that SQLite stores, which has no zone."""
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def unread(column: Column[datetime]) -> TypeCoerce[Any]:
    """Select moments as the driver returns them, where only few of them are looked at: `read_unread` converts one."""
    return type_coerce(column, NullType())


def read_unread(found: str | datetime) -> datetime:
    """Return the moment from a value of an `unread` column."""
    return datetime.fromisoformat(f"{found}+00:00") if isinstance(found, str) else found.astimezone(UTC)
