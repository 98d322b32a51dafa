"""Read everything that is stored about a member, from the registry of tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, or_, select

from bot.core.member import MemberKey
from bot.store.member_schema import ABOUT_A_MEMBER, assistant_token, delivery
from bot.store.schema import MENTIONS, installation, metadata

SOMEBODY_ELSE = "(somebody else)"

_i = installation.c
NOT_EXPORTED: frozenset[Column[Any]] = frozenset({
    # The locks of processes that work on a row: with one, another process could finish that work.
    delivery.c.claim_token, delivery.c.lease_until, _i.refresh_claim, _i.refresh_until,
    _i.token, _i.refresh_token, _i.key_id,  # the workspace's token at Slack opens the whole workspace
    assistant_token.c.digest,  # the hash of the member's own token, of which nothing else is left here
})  # fmt: skip
# Columns with ids of members. In an export, those of other members are hidden.
WHO = frozenset({"member_id", *(column.name for column in MENTIONS)})

Rows = list[dict[str, Any]]


def rows_about(tx: Connection, who: MemberKey) -> tuple[dict[str, Rows], dict[str, Rows]]:
    """Return the rows about a member as JSON objects, by table, and those of other tables that name them."""
    about = {table.name: _rows(tx, who, table, [table.c.member_id]) for table in ABOUT_A_MEMBER}
    naming = dict[str, Rows]()
    for name in dict.fromkeys(column.table.name for column in MENTIONS):
        table = metadata.tables[name]
        naming[name] = _rows(tx, who, table, [column for column in MENTIONS if column.table is table])
    return about, naming


def _rows(tx: Connection, who: MemberKey, table: Table, mentions: Sequence[Column[Any]]) -> Rows:
    columns = [column for column in table.columns if column not in NOT_EXPORTED]
    theirs = or_(*(column == who.member_id for column in mentions))
    found = tx.execute(select(*columns).where(table.c.workspace_id == who.workspace_id, theirs))
    rows = [{name: _shown(name, value, who) for name, value in row.items()} for row in found.mappings()]
    # Ordered here: else SQLite reads all rows of a workspace by their key, and not those of a member by their index.
    return sorted(rows, key=lambda row: [row[column.name] for column in table.primary_key.columns])


def _shown(name: str, value: Any, who: MemberKey) -> Any:  # noqa: ANN401 - any value of a row
    if isinstance(value, datetime):
        return value.isoformat()
    return SOMEBODY_ELSE if name in WHO and value not in {None, who.member_id} else value
