"""Fill every table of a PostgreSQL database as many workspaces leave it behind, by one statement for each table."""

from sqlalchemy import Column, Connection, String, text

from bot.store.schema import metadata
from bot.store.types import UtcDateTime

WORKSPACES, MEMBERS, DELIVERIES = 2000, 5, 30  # of each workspace; deliveries are of ninety days
# But for those with a few rows for each workspace, and those whose rows go after ten minutes.
LARGE = {table.name for table in metadata.sorted_tables if "workspace_id" in table.columns} - {
    "workspace", "installation", "coach_admin", "lead", "tombstone",
}  # fmt: skip
# Rows of each workspace in a table; MEMBERS in all others.
ROWS = {"workspace": 1, "installation": 1, "coach_admin": 1, "lead": 1, "delivery": DELIVERIES, "snapshot": 10}
NOW = "timestamptz '2026-11-24 09:30:00+00'"
SENT = "g % 500 > 5"  # one of a hundred deliveries is not over, or ended badly
# What a column holds in row `g`, where it is not the default of its type.
SPECIAL = {
    "workspace_id": f"'T' || g % {WORKSPACES}",
    "member_id": f"'U' || g / {WORKSPACES} % {MEMBERS}",
    "delivery.kind": "'nudge'",
    "delivery.state": "CASE g % 500 WHEN 0 THEN 'planned' WHEN 1 THEN 'sending' WHEN 2 THEN 'unconfirmed' "
    "WHEN 3 THEN 'missed' WHEN 4 THEN 'refused' WHEN 5 THEN 'cancelled' ELSE 'sent' END",
    "delivery.try_at": f"CASE WHEN {SENT} THEN {NOW} - g % 90 * interval '1 day' ELSE {NOW} - interval '1 minute' END",
    "delivery.window_ends_at": f"{NOW} + (CASE WHEN {SENT} THEN -1 ELSE g % 5 + 1 END) * interval '1 day'",
    "delivery.ended_at": f"CASE WHEN g % 500 > 2 THEN {NOW} - g % 90 * interval '1 day' END",
    "delivery.started_at": f"CASE WHEN g % 500 IN (1, 2) THEN {NOW} - interval '1 hour' END",
    "delivery.lease_until": "CASE WHEN g % 500 IN (1, 2) THEN 1.0 END",
    "delivery.claim_token": "CASE WHEN g % 500 IN (1, 2) THEN 'gone' END",
    "member.profile_at": f"{NOW} - g % 30 * interval '1 day'",
    "member.left_at": f"CASE WHEN g % 500 = 0 THEN {NOW} - interval '40 days' END",
    "schedule.consent": "'yes'",
    "schedule.next_due_at": f"{NOW} + (g % 10000 - 20) * interval '1 minute'",
    "schedule.weekday": "1",
    "challenge.state": "CASE g % 100 WHEN 0 THEN 'open' WHEN 1 THEN 'draft' ELSE 'closed' END",
    "challenge.ends_at": f"{NOW} + (CASE WHEN g % 100 = 0 THEN 1 ELSE -g % 90 END) * interval '1 day'",
    "challenge.update_after": f"CASE WHEN g % 1000 = 0 THEN {NOW} - interval '1 hour' END",
    "challenge.ts": "'1.0'",
    "challenge.challenge_id": "lpad(to_hex(g), 16, '0')",
    "entry.challenge_id": "lpad(to_hex(g), 16, '0')",
    "snapshot.ended_at": f"date_trunc('week', {NOW} - g / {WORKSPACES} * interval '7 days')",
    "snapshot.figure": "'did a tip'",
    "workspace.counted_until": f"CASE g WHEN 7 THEN NULL ELSE date_trunc('week', {NOW}) END",
    "practice.step": "(ARRAY['done', 'blocked', 'undone'])[1 + g % 3]",
    "practice.blocker": "CASE g % 3 WHEN 1 THEN 'no-time' END",
    "still.answer": "(ARRAY['asked', 'again', 'no'])[1 + g % 3]",
    "audit.act": "'desk read'",
}  # fmt: skip
PASSED = f"{NOW} - g % 90 * interval '1 day'"


def fill(tx: Connection) -> None:
    """Fill the tables about workspaces, and let the server count what it needs to plan statements."""
    tx.execute(text("SET LOCAL statement_timeout = 0"))
    tx.execute(text("SET LOCAL session_replication_role = replica"))  # checks no foreign key: all are right
    for table in metadata.sorted_tables:
        if "workspace_id" in table.columns:
            named = {column: {column.name, f"{table.name}.{column.name}"} & SPECIAL.keys() for column in table.columns}
            columns = [column for column in table.columns if named[column] or not column.nullable]
            values = ", ".join(_value(column) for column in columns)
            names = ", ".join(f'"{column.name}"' for column in columns)
            rows = WORKSPACES * ROWS.get(table.name, MEMBERS)
            select = f"SELECT {values} FROM generate_series(0, {rows - 1}) AS g"  # noqa: S608 - names of our own
            tx.execute(text(f"INSERT INTO {table.name} ({names}) {select}"))
    tx.execute(text("ANALYZE"))


def _value(column: Column[object]) -> str:
    special = SPECIAL.get(f"{column.table.name}.{column.name}", SPECIAL.get(column.name))
    if special is not None:
        return special
    if isinstance(column.type, UtcDateTime):
        return PASSED
    if isinstance(column.type, String):
        of_its_own = column.name in {"key", "id", "digest", "event_id", "challenge_id", "entry_id", "showing_id"}
        words = "'k' || g" if of_its_own else f"'x' || g / {WORKSPACES}"
        return f"left({words}, {column.type.length})"
    if column.type.python_type is bool:
        return "true"
    return "1"
