"""Read everything that is stored about a member, page by page, from the registry of tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, bindparam, or_, select, tuple_

from bot.core.member import MemberKey
from bot.store.member_schema import ABOUT_A_MEMBER, assistant_token, delivery
from bot.store.schema import MENTIONS, installation

MAX_ROWS = 200  # of a page
SOMEBODY_ELSE = "(somebody else)"

# What is not exported, and why.
LOCK = "the lock of the process that works on the row; with it, another process could finish that work"
HASH = "the hash of the member's own token, of which nothing else is left here"
CREDENTIAL = "the workspace's token at Slack, or about it: it opens the whole workspace"
NOT_EXPORTED: Mapping[Column[Any], str] = {
    delivery.c.claim_token: LOCK,
    delivery.c.lease_until: LOCK,
    assistant_token.c.digest: HASH,
    installation.c.token: CREDENTIAL,
    installation.c.refresh_token: CREDENTIAL,
    installation.c.key_id: CREDENTIAL,
    installation.c.refresh_claim: LOCK,
    installation.c.refresh_until: LOCK,
}
# Columns with ids of members. In an export, those of other members are hidden.
WHO = frozenset({"member_id", *(column.name for column in MENTIONS)})

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ExportedRows:
    """Some rows as JSON objects, and the key after which the next page begins; None after the last page."""

    rows: list[dict[str, Any]]
    after: Key | None


class ExportedTable:
    """A table with rows about a member, or that names them in some of its columns."""

    def __init__(self, table: Table, *mentions: ColumnElement[Any]) -> None:
        self.name, self.names_only = table.name, bool(mentions)
        self._columns = [column for column in table.columns if column not in NOT_EXPORTED]
        _, *self._key = table.primary_key.columns  # after the workspace
        by_member = [column.name for column in self._key[:1]] == ["member_id"]
        # A column of text has no index of its order. Else SQLite reads all rows of a workspace in the order of the
        # primary key, and not those of a member by their index.
        order = self._key if by_member else [column.op("||")("") for column in self._key]
        columns = mentions or (table.c.member_id,)
        theirs = or_(*(column == bindparam("m") for column in columns))
        rows = select(*self._columns, *(column for column in self._key if column in NOT_EXPORTED))
        self._first = rows.where(table.c.workspace_id == bindparam("w"), theirs).order_by(*order).limit(MAX_ROWS)
        last = tuple_(*(bindparam(f"after_{column.name}", type_=column.type) for column in self._key))
        self._next = self._first.where(tuple_(*order) > last) if order else self._first  # a workspace has one row

    def page(self, tx: Connection, who: MemberKey, after: Key | None) -> ExportedRows:
        """Return the rows after this key, MAX_ROWS at most. Ids of other members are hidden."""
        values: dict[str, Any] = {"w": who.workspace_id, "m": who.member_id}
        if after is not None:
            values |= {f"after_{column.name}": value for column, value in zip(self._key, after, strict=True)}
        found = tx.execute(self._first if after is None else self._next, values).mappings().all()
        last = tuple(found[-1][column.name] for column in self._key) if len(found) == MAX_ROWS else None
        names = [column.name for column in self._columns]
        return ExportedRows([{name: _shown(name, row[name], who) for name in names} for row in found], last)


def _shown(name: str, value: Any, who: MemberKey) -> Any:  # noqa: ANN401 - any value of a row
    if isinstance(value, datetime):
        return value.isoformat()
    return SOMEBODY_ELSE if name in WHO and value not in {None, who.member_id} else value


def _sources() -> Iterator[ExportedTable]:
    yield from (ExportedTable(table) for table in ABOUT_A_MEMBER)
    for table in dict.fromkeys(column.table for column in MENTIONS):
        assert isinstance(table, Table)  # noqa: S101 - a column of MENTIONS stands in a table; for the type checker
        yield ExportedTable(table, *(column for column in MENTIONS if column.table is table))


SOURCES = tuple(_sources())
