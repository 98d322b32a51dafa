"""Measure how large the database is for each member: `python -m tests.benchmarks.size [DAYS] [WORKSPACES]`.

A hundred members live through a year (tests/faults/year.py): weekly tips, reminders, checks, and a click every few
days. Then the sweep deletes what is too old. Their rows are copied into many workspaces on PostgreSQL.
"""

import asyncio
import logging
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Table

from bot.coach import retention
from bot.coach.retention import Retention
from bot.store import open_store
from bot.store.tables import metadata
from bot.store.types import UtcDateTime
from tests.databases import ask
from tests.faults import year
from tests.postgres import running

DAYS, WORKSPACES = 365, 200
MAX_ROWS = 500  # in one sweep
SIZES = """
SELECT relname, pg_total_relation_size(oid) AS size, pg_relation_size(oid), reltuples::bigint FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC
"""


def main(days: int = DAYS, workspaces: int = WORKSPACES) -> None:
    """Print the size of each table and of the whole, in bytes for each member."""
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="roleshift-size-") as folder, running() as address:
        path = Path(folder) / "year.db"
        lived = year.run_in(path, 1, days, None)
        _say(f"{days} days of {year.MEMBERS} members: {lived['counts']}")
        asyncio.run(_sweep(path, days))
        members = year.MEMBERS * workspaces
        _say(f"SQLite: {path.stat().st_size / year.MEMBERS:,.0f} bytes a member")
        asyncio.run(_measure(path, address, workspaces, members))


async def _sweep(path: Path, days: int) -> None:
    store, rules = open_store(f"sqlite:///{path}"), Retention()
    now = year.START + timedelta(days=days)
    while await store.write(retention.sweep_deliveries, rules, now, MAX_ROWS):
        pass
    await store.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("VACUUM")


async def _measure(path: Path, address: str, workspaces: int, members: int) -> None:
    store = open_store(address)
    await store.migrate()
    await store.close()
    connection = await asyncpg.connect(address)
    await connection.execute("SET session_replication_role = replica")
    with closing(sqlite3.connect(path)) as source:
        for table in metadata.sorted_tables:
            if "workspace_id" in table.columns:
                names = [column.name for column in table.columns]
                listed = ", ".join(f'"{name}"' for name in names)
                rows = source.execute(f"SELECT {listed} FROM {table.name}").fetchall()  # noqa: S608 - names of our own
                for number in range(workspaces):
                    copies = list(_copies(table, rows, f"T{number:09}"))
                    await connection.copy_records_to_table(table.name, records=copies, columns=names)
    await connection.close()
    await ask(address, "VACUUM FULL ANALYZE")
    connection = await asyncpg.connect(address)
    tables = await connection.fetch(SIZES)
    whole = sum(row["size"] for row in tables)
    await connection.close()
    _say(f"PostgreSQL: {whole:,} bytes for {members:,} members: {whole / members:,.0f} a member")
    for name, with_indexes, alone, count in tables:
        if count > workspaces:
            share = f"{with_indexes / members:,.0f} bytes a member, {alone / members:,.0f} without indexes"
            _say(f"  {name}: {count / members:.1f} rows, {share}")


def _copies(table: Table, rows: Sequence[Sequence[Any]], workspace_id: str) -> Iterator[tuple[Any, ...]]:
    """Return the rows with another workspace, as PostgreSQL's driver takes them."""
    columns = list(table.columns)
    for row in rows:
        yield tuple(
            workspace_id if column.name == "workspace_id" else _converted(value, column.type)
            for column, value in zip(columns, row, strict=True)
        )


def _converted(value: Any, kind: object) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return bool(value) if getattr(kind, "python_type", None) is bool else value


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:]))
