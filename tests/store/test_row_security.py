"""PostgreSQL's row-level security: a role that does not own the tables gets the rows of one workspace at a time."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.exc import DBAPIError

import bot.slack
from bot.checks.database import database_findings
from bot.core.errors import NothingChanged
from bot.store import Store, open_store
from bot.store.direct import Query
from bot.store.tables import ABOUT_NO_WORKSPACE, member, metadata, workspace
from tests.postgres_databases import as_app, ask
from tests.store.rows import EVERYBODY, NOW, everything, fill_all, keep, kept

SLACK = Path(bot.slack.__file__).parent
APART = [table for table in metadata.sorted_tables if table not in ABOUT_NO_WORKSPACE]
# Where a transaction of bot/slack is not about one workspace: these know none yet, or look at all.
OF_ALL = {
    "oauth/web.py": ["write", "write"],  # an install link: its workspace is not known before Slack names it
    "oauth/workspaces.py": ["read"],  # whose tokens expire soon
}


@pytest.fixture
async def owner(migrated_postgres: str) -> AsyncIterator[Store]:
    """Yield the store of the role that owns the tables, with rows of two workspaces."""
    store = open_store(migrated_postgres)
    await store.write(fill_all)
    yield store
    await store.close()


@pytest.fixture
async def app(owner: Store, migrated_postgres: str) -> str:  # noqa: ARG001 - the owner fills the tables
    """Return the address of the same database for the other role."""
    return await as_app(migrated_postgres)


@pytest.fixture
async def store(app: str) -> AsyncIterator[Store]:
    """Yield the store of the other role."""
    store = open_store(app)
    yield store
    await store.close()


def workspaces_of_members(tx: Connection) -> set[str]:
    """Return whose members a statement without any condition finds."""
    return set(tx.scalars(select(member.c.workspace_id)))


def mark_all_as_gone(tx: Connection) -> int:
    return tx.execute(update(member).values(left_at=NOW)).rowcount


def delete_all(tx: Connection) -> int:
    return tx.execute(delete(member)).rowcount


async def test_a_statement_without_a_condition_reads_one_workspace(store: Store) -> None:
    assert await store.within("T1").read(workspaces_of_members) == {"T1"}
    assert await store.within("T2").read(workspaces_of_members) == {"T2"}
    assert await store.within("T3").read(workspaces_of_members) == set()
    assert await store.within("T1").write(workspaces_of_members) == {"T1"}


async def test_a_statement_without_a_condition_changes_one_workspace(store: Store, owner: Store) -> None:
    members = [who for who in EVERYBODY if who.workspace_id == "T1"]
    assert await store.within("T1").write(mark_all_as_gone) == len(members)
    assert await store.within("T1").write(delete_all) == len(members)
    assert await owner.read(workspaces_of_members) == {"T2"}


async def test_a_row_of_another_workspace_is_not_stored(store: Store, owner: Store) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        await store.within("T1").write(keep, "T9")
    assert "T9" not in await owner.read(kept)
    moved = update(workspace).where(workspace.c.workspace_id == "T1").values(workspace_id="T9")
    with pytest.raises(DBAPIError, match="row-level security"):
        await store.within("T1").write(lambda tx: tx.execute(moved))


async def test_jobs_that_serve_all_workspaces_reach_all(store: Store, owner: Store) -> None:
    assert await store.read(everything) == await owner.read(everything)
    await store.write(keep, "T9")
    assert "T9" in await owner.read(kept)


async def test_a_workspace_is_forgotten_by_the_connection_after_each_transaction(store: Store) -> None:
    """All transactions here use the same connection, as the pool hands out the one that came back last."""
    await store.within("T1").read(workspaces_of_members)
    assert await store.read(workspaces_of_members) == {"T1", "T2"}
    with pytest.raises(ZeroDivisionError):
        await store.within("T1").read(lambda _tx: 1 // 0)
    assert await store.within("T2").read(workspaces_of_members) == {"T2"}
    with pytest.raises(ZeroDivisionError):
        await store.within("T1").write(lambda _tx: 1 // 0)
    assert await store.read(workspaces_of_members) == {"T1", "T2"}


async def test_a_read_that_fails_in_the_database_leaves_the_connection_usable(store: Store) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        await store.within("T1").read(lambda tx: tx.execute(text("SELECT 1/0")))
    assert await store.within("T2").read(workspaces_of_members) == {"T2"}


async def test_a_connection_that_names_no_workspace_sees_nothing(app: str) -> None:
    connection = await asyncpg.connect(app)
    seen = {table.name: await connection.fetchval(f"SELECT count(*) FROM {table.name}") for table in APART}  # noqa: S608 - names of our own tables
    assert seen == dict.fromkeys(seen, 0)
    await connection.close()


async def test_the_owner_of_the_tables_notices_nothing(owner: Store) -> None:
    assert await owner.within("T1").read(workspaces_of_members) == {"T1", "T2"}


async def test_the_check_tells_whether_it_holds(app: str, migrated_postgres: str) -> None:
    told = [str(await database_findings(address, NOW)) for address in (app, migrated_postgres)]
    assert ["Row-level security keeps workspaces apart." in each for each in told] == [True, False]


async def test_every_table_with_a_workspace_has_the_policy(migrated_postgres: str) -> None:
    connection = await asyncpg.connect(migrated_postgres)
    found = await connection.fetch(
        "SELECT c.relname AS name, p.qual FROM pg_class c JOIN pg_policies p ON p.tablename = c.relname "
        "WHERE c.relrowsecurity AND p.policyname = 'one_workspace'"
    )
    await connection.close()
    assert {row["name"] for row in found} == {table.name for table in APART}
    assert len({row["qual"] for row in found}) == 1


async def test_the_app_cannot_change_tables_or_policies(app: str) -> None:
    for forbidden in ("ALTER TABLE member DISABLE ROW LEVEL SECURITY", "DROP POLICY one_workspace ON member"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(app, forbidden)


async def test_a_query_reads_one_workspace_also_on_a_connection_that_was_left_open(store: Store) -> None:
    query = Query(select(member.c.workspace_id), {}, lambda rows: {workspace_id for (workspace_id,) in rows})
    for workspace_id in ("T1", "T2", "T1"):
        assert await store.within(workspace_id).read(query) == {workspace_id}


async def test_a_connection_that_ends_within_a_bound_read_changes_nothing(store: Store) -> None:
    with pytest.raises(NothingChanged):
        await store.within("T1").read(lambda tx: tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())")))
    assert await store.within("T1").read(workspaces_of_members) == {"T1"}


def test_the_id_of_a_workspace_can_not_end_the_statement_that_names_it(migrated_postgres: str) -> None:
    with pytest.raises(ValueError, match="id of a workspace"):
        open_store(migrated_postgres).within("T1'; SET LOCAL roleshift.workspace = '*")


def test_what_slack_asks_for_is_bound_to_its_workspace() -> None:
    """In bot/slack, `services.store` is used only to bind it."""
    found: dict[str, list[str]] = {}
    for path in sorted(SLACK.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"read", "write", "read_anew", "read_aside"}:
                held = node.value
                if isinstance(held, ast.Attribute) and held.attr in {"store", "_store"} and not _is_bound(held):
                    found.setdefault(path.relative_to(SLACK).as_posix(), []).append(node.attr)
    assert found == OF_ALL


def _is_bound(held: ast.Attribute) -> bool:
    """Return whether this is the `store` of a Request or an Event, which binds it."""
    return isinstance(held.value, ast.Name) and held.value.id in {"self", "request", "event"} and held.attr == "store"
