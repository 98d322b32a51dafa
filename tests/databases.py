"""The fixtures that give a test a database of its own: a SQLite file, or one in a real PostgreSQL server."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from bot.store import Store, open_store
from tests.postgres import Unavailable, server

BOTH = ("sqlite", "postgres")
ROW_SECURITY = Path(__file__).parents[1] / ".github" / "deploy" / "row-security.sql"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of this test run's PostgreSQL server."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own  # the parent is common to all workers
    try:
        with server(shared) as address:
            yield address
    except Unavailable as reason:
        missing(f"no PostgreSQL for tests: {reason}")


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> Iterator[str]:
    """Return the name of a migrated database without connections, which is fast to copy."""
    name = f"roleshift_template_{secrets.token_hex(4)}"
    asyncio.run(ask(postgres_server, f"CREATE DATABASE {name}"))
    asyncio.run(_migrate(renamed(postgres_server, name)))
    yield name
    asyncio.run(ask(postgres_server, f"DROP DATABASE {name}"))


@pytest.fixture
async def empty_postgres(postgres_server: str) -> AsyncIterator[str]:
    """Yield the address of a database without tables."""
    async for address in _database(postgres_server, "template1"):
        yield address


@pytest.fixture
async def migrated_postgres(postgres_server: str, migrated_template: str) -> AsyncIterator[str]:
    """Yield the address of a database with all tables and no row."""
    async for address in _database(postgres_server, migrated_template):
        yield address


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    """Return the address of a file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'roleshift.db'}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file, which is fast to copy."""
    path = tmp_path_factory.mktemp("template") / "roleshift.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def migrated_sqlite(empty_sqlite: str, migrated_file: Path) -> str:
    """Return the address of a file with all tables and no row."""
    shutil.copy(migrated_file, empty_sqlite.removeprefix("sqlite:///"))
    return empty_sqlite


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest) -> str:
    """Return the address of a database without tables, of each kind."""
    address: str = request.getfixturevalue(f"empty_{request.param}")
    return address


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """Return the address of a database with all tables, of each kind."""
    address: str = request.getfixturevalue(f"migrated_{request.param}")
    return address


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """Yield a store with all tables and no row, on each kind of database."""
    store = open_store(database)
    yield store
    await store.close()


def missing(reason: str) -> None:
    """Skip the test, or fail if runs are strict."""
    if os.environ.get("ROLESHIFT_TEST_STRICT") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


async def _database(server_address: str, template: str) -> AsyncIterator[str]:
    name = f"roleshift_test_{secrets.token_hex(6)}"
    await ask(server_address, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")  # 6 times as fast
    yield renamed(server_address, name)
    await ask(server_address, f"DROP DATABASE {name} WITH (FORCE)")


async def as_app(address: str) -> str:
    """Let the role of .github/deploy/row-security.sql use this database. Return the address with that role."""
    await ask(address, ROW_SECURITY.read_text(encoding="utf-8"))
    return make_url(address).set(username="roleshift_app").render_as_string(hide_password=False)


async def ask(address: str, question: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(question)
    finally:
        await connection.close()


async def _migrate(address: str) -> None:
    store = open_store(address)
    await store.migrate()
    await store.close()


def renamed(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)
