"""Measure how large the database is for each member: `python -m tests.benchmarks.size [DAYS] [WORKSPACES]`.

A hundred members live through a year (tests/faults/year.py): weekly tips, reminders, checks, and a click every few
days. Then the sweep deletes what is too old. Their rows are copied into many workspaces on PostgreSQL.
"""

import asyncio
import logging
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Table

from bot.coach import retention
from bot.coach.retention import Retention
from bot.store import open_store
from bot.store.schema import metadata
from bot.store.types import UtcDateTime
from tests.faults import year
from tests.postgres import running
from tests.postgres_databases import ask

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
                await _copy(source, table, connection, workspaces)
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


async def _copy(source: sqlite3.Connection, table: Table, connection: asyncpg.Connection, workspaces: int) -> None:
    """Copy the rows of a table, and let the server repeat them in other workspaces."""
    columns = list(table.columns)
    listed = ", ".join(f'"{column.name}"' for column in columns)
    repeated = listed.replace('"workspace_id"', "'T' || lpad(n::text, 9, '0')")
    rows = [
        tuple(_converted(value, column.type) for column, value in zip(columns, row, strict=True))
        for row in source.execute(f"SELECT {listed} FROM {table.name}")  # noqa: S608 - names of our own
    ]
    await connection.copy_records_to_table(table.name, records=rows, columns=[column.name for column in columns])
    insert = f"INSERT INTO {table.name} ({listed}) SELECT {repeated} FROM {table.name}, generate_series(2, $1) n"  # noqa: S608 - as above
    await connection.execute(insert, workspaces)


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
