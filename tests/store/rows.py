"""Make rows for any table, also for future ones, and read all rows of a database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select, text

from bot.core.errors import NothingChanged
from bot.core.member import MemberKey
from bot.store import Store
from bot.store.member_schema import ABOUT_A_MEMBER, member
from bot.store.schema import ABOUT_NO_MEMBER, metadata, workspace
from bot.store.types import UtcDateTime, insert

NOW = datetime(2026, 11, 24, 9, 30, 0, 123456, UTC)

NORA = MemberKey("T1", "U1")
EMIL = MemberKey("T1", "U2")
NAMESAKE = MemberKey("T2", "U1")  # Nora's id in another workspace: an id means something only with its workspace
EVERYBODY = (NORA, EMIL, NAMESAKE)


def keep(tx: Connection, *names: str) -> None:
    for name in names:
        tx.execute(insert(workspace), {"workspace_id": name, "met_at": NOW})


def know(tx: Connection, *people: MemberKey) -> None:
    """Insert the rows of these members, as rows about them need; one who is there stays."""
    tx.execute(insert(member).on_conflict_do_nothing(), [{**who._asdict(), "met_at": NOW} for who in people])


def kept(tx: Connection) -> list[str]:
    return list(tx.scalars(select(workspace.c.workspace_id).order_by(workspace.c.workspace_id)))


def files_with(words: bytes, url: str) -> list[str]:
    path = Path(url.removeprefix("sqlite:///"))
    return [each.name for each in path.parent.glob(f"{path.name}*") if words in each.read_bytes()]


class Row(NamedTuple):
    table: str
    workspace_id: str
    member_id: str | None
    values: tuple[Any, ...]


def fill_all(tx: Connection) -> None:
    """Write a row about each member into every table with members, and one for each workspace into the others."""
    for who in EVERYBODY:
        for table in ABOUT_A_MEMBER:
            fill(tx, table, who)
    for workspace_id in {who.workspace_id for who in EVERYBODY}:
        for table in ABOUT_NO_MEMBER:
            fill(tx, table, MemberKey(workspace_id, "nobody"))


def fill(tx: Connection, table: Table, who: MemberKey) -> None:
    """Insert a row with a value in every column, and with the member's id in every column for text."""
    values = {str: who.member_id, int: 1, float: 1.0, bool: True}
    row = {
        column.name: NOW if isinstance(column.type, UtcDateTime) else values[column.type.python_type]
        for column in table.columns
    }
    tx.execute(insert(table), row | {"workspace_id": who.workspace_id})


def everything(tx: Connection) -> list[Row]:
    return [
        Row(table.name, getattr(row, "workspace_id", ""), getattr(row, "member_id", None), tuple(row))
        for table in metadata.sorted_tables
        for row in tx.execute(select(table).order_by(*table.primary_key.columns))
    ]


async def answers(store: Store) -> bool:
    try:
        return bool(await store.read(lambda tx: tx.execute(text("SELECT 1")).scalar() == 1))
    except NothingChanged:
        return False
