"""No use case of the jobs, of the desk and of `/metrics` reads a large table as a whole.

The tables hold 2,000 workspaces. A statement that reads a share of a table is planned in the same way when it is
larger: the cost of reading it as a whole grows with it, that of an index does not.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.coach import challenges, desk, home, learning, membership, schedules
from bot.coach.messages import Messages
from bot.core.catalog import Catalog
from bot.core.member import AdminAct, MemberKey
from bot.core.outcomes import NotFound, Sent
from bot.outbox import deliveries, leases, sending
from bot.store import challenges as challenge_rows, installations, open_store, retention, workspaces
from bot.store.member_schema import assistant_token, delivery
from bot.store.retention import Retention
from bot.store.schema import audit, event_seen, tombstone, used_state
from tests.acting import act_of
from tests.store.filled import LARGE, fill

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ADMIN = MemberKey("T7", "U1")
RULES, PACE = Retention(), sending.Pace()
MOST = 5  # rows in a sweep: fewer than the jobs delete at once, as the tables are smaller too
SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan"}


def send(tx: Connection, catalog: Catalog) -> None:
    claimed = sending.claim(tx, Messages(catalog), PACE, "token", NOW)
    claimed = [each for each in claimed if each.delivery.workspace_id == claimed[0].delivery.workspace_id]
    assert claimed
    sending.begin(tx, Messages(catalog), "token", claimed, NOW, lambda each: each)
    sending.finish(tx, Messages(catalog), "token", [(each, Sent("D1", "1.0")) for each in claimed], NOW)
    leases.release(tx, "token")


def settle(tx: Connection, catalog: Catalog) -> None:
    """Expire what is too late, and settle what is in doubt."""
    sending.expire(tx, PACE, NOW)
    doubtful = leases.take_unsettled(tx, "token", PACE.settling, 10)
    assert doubtful
    sending.settle(tx, Messages(catalog), "token", doubtful[0], NotFound(), NOW)
    assert deliveries.doubtful(tx, doubtful[1].workspace_id, doubtful[1].id)
    deliveries.undelivered(tx)


def plan(tx: Connection, _catalog: Catalog) -> None:
    """Plan the tips whose slot has due, after asking who is still there."""
    stale = membership.stale(tx, NOW + 2 * timedelta(hours=1), NOW - DAY, 6, 60)
    turns = membership.take_turns(tx, stale, NOW - DAY, 90.0)
    workspaces.end_asking(tx, turns[0].workspace_id, turns[0].lease_until, turns[0].lease_until - 80.0)
    due = schedules.plan_due(tx, NOW, limit=2)
    assert schedules.plan_due(tx, NOW, but_not=["T7"], after=due[-1])


def run_challenges(tx: Connection, _catalog: Catalog) -> None:
    challenges.close_due(tx, NOW)
    outdated = challenges.outdated(tx, NOW)
    assert outdated
    challenges.claim_update(tx, outdated[0].challenge, NOW)


def sweep(tx: Connection, _catalog: Catalog) -> None:
    for table, days in ((delivery, 60), (audit, 60), (event_seen, 85)):
        assert retention.sweep_old(tx, table, NOW - days * DAY, NOW, MOST)
    assert retention.sweep_members(tx, RULES, NOW, MOST)
    retention.sweep_workspaces(tx, RULES, NOW)
    retention.sweep_expired(tx, NOW - 85 * DAY, tombstone, used_state, assistant_token)
    challenge_rows.sweep(tx, NOW - 7 * DAY)
    installations.expiring(tx, NOW, 10)


def take_figures(tx: Connection, _catalog: Catalog) -> None:
    """Take the figures of the only workspace that is not counted yet."""
    (ending,) = desk.uncounted(tx, NOW)
    desk.count(tx, ending)
    desk.keep_figures(tx, ending, {"right:costs": 5})


def read_desk(tx: Connection, _catalog: Catalog) -> None:
    desk.read_desk(act_of(tx, ADMIN, NOW), AdminAct.DESK_READ)


def answers(tx: Connection, catalog: Catalog) -> None:
    learning.my_role(act_of(tx, ADMIN, NOW, catalog))
    home.home(act_of(tx, ADMIN, NOW, catalog))


def metrics(tx: Connection, _catalog: Catalog) -> None:
    assert deliveries.count_open(tx)
    deliveries.failing(tx, NOW)


USE_CASES = (send, settle, plan, run_challenges, sweep, take_figures, read_desk, answers, metrics)


@pytest.mark.timeout(120)
async def test_no_statement_reads_a_large_table_as_a_whole(new_postgres: str, catalog: Catalog) -> None:
    store = open_store(new_postgres)
    await store.write(fill)
    found = [
        f"{use_case.__name__}: {each}"
        for use_case in USE_CASES
        for each in await store.write(_read_whole, use_case, catalog)
    ]
    await store.close()
    assert not found, "\n".join(["read as a whole:", *found])


def _read_whole(tx: Connection, use_case: Callable[[Connection, Catalog], None], catalog: Catalog) -> list[str]:
    """Run a use case, and return each table that one of its statements reads as a whole, with the statement."""
    found: list[str] = []
    explaining = False

    def explain(conn: Connection, _cursor: object, sql: str, values: Any, _context: object, many: bool) -> None:
        nonlocal explaining
        if explaining or sql.startswith("EXPLAIN"):
            return
        explaining = True
        (row,) = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", tuple(values[0] if many else values))
        explaining = False
        (top,) = json.loads(row[0]) if isinstance(row[0], str) else row[0]
        found.extend(f"{table} in: {' '.join(sql.split())}" for table in _whole(top["Plan"]))

    event.listen(tx, "before_cursor_execute", explain)
    try:
        use_case(tx, catalog)
    finally:
        event.remove(tx, "before_cursor_execute", explain)
    return found


def _whole(node: dict[str, Any]) -> Iterator[str]:
    """Return the large tables of which a plan reads every row, or every entry of an index."""
    is_large = node["Node Type"] in SCANS and node.get("Relation Name") in LARGE
    if is_large and not any(each.get("Index Cond") for each in (node, *_below(node))):
        yield f"{node['Node Type']} of {node['Relation Name']}"
    for child in node.get("Plans", []):
        yield from _whole(child)


def _below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for child in node.get("Plans", []):
        if child["Node Type"].startswith("Bitmap"):
            yield child
            yield from _below(child)
