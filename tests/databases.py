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


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the one server of this test run."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own  # the parent is common to all workers
    try:
        with server(shared) as address:
            yield address
    except Unavailable as reason:
        missing(f"no PostgreSQL for tests: {reason}")


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> Iterator[str]:
    """The name of a database that is up to date and that nobody is connected to: copying it is fast."""
    name = f"roleshift_template_{secrets.token_hex(4)}"
    asyncio.run(_ask(postgres_server, f"CREATE DATABASE {name}"))
    asyncio.run(_migrate(_renamed(postgres_server, name)))
    yield name
    asyncio.run(_ask(postgres_server, f"DROP DATABASE {name}"))


@pytest.fixture
async def empty_postgres(postgres_server: str) -> AsyncIterator[str]:
    """The address of a database without a table."""
    async for address in _database(postgres_server, "template1"):
        yield address


@pytest.fixture
async def migrated_postgres(postgres_server: str, migrated_template: str) -> AsyncIterator[str]:
    """The address of a database with all tables, and no row."""
    async for address in _database(postgres_server, migrated_template):
        yield address


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    """The address of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'roleshift.db'}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that is up to date: copying it is fast."""
    path = tmp_path_factory.mktemp("template") / "roleshift.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def migrated_sqlite(empty_sqlite: str, migrated_file: Path) -> str:
    """The address of a file with all tables, and no row."""
    shutil.copy(migrated_file, empty_sqlite.removeprefix("sqlite:///"))
    return empty_sqlite


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest) -> str:
    """The address of a database without a table, of each kind."""
    address: str = request.getfixturevalue(f"empty_{request.param}")
    return address


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """The address of a database with all tables, of each kind."""
    address: str = request.getfixturevalue(f"migrated_{request.param}")
    return address


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """A store with all tables and no row, on each kind of database."""
    store = open_store(database)
    yield store
    await store.close()


def missing(reason: str) -> None:
    """Skips, or fails where nothing may be skipped."""
    if os.environ.get("ROLESHIFT_TEST_STRICT") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


async def _database(server_address: str, template: str) -> AsyncIterator[str]:
    name = f"roleshift_test_{secrets.token_hex(6)}"
    await _ask(server_address, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")  # 6 times as fast
    yield _renamed(server_address, name)
    await _ask(server_address, f"DROP DATABASE {name} WITH (FORCE)")


async def _ask(address: str, question: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(question)
    await connection.close()


async def _migrate(address: str) -> None:
    store = open_store(address)
    await store.migrate()
    await store.close()


def _renamed(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)
