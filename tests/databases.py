"""The fixtures that give a test a database of its own: a SQLite file, or one in a real PostgreSQL server."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.store import Store, open_store
from tests.postgres import Unavailable, server
from tests.postgres_databases import ReusedDatabase, ask, create_database, drop_database, renamed

BOTH = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
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
    asyncio.run(migrate(renamed(postgres_server, name)))
    yield name
    asyncio.run(ask(postgres_server, f"DROP DATABASE {name}"))


@pytest.fixture
async def empty_postgres(postgres_server: str) -> AsyncIterator[str]:
    async for address in _database(postgres_server, "template1"):
        yield address


@pytest.fixture(scope="session")
def reused_postgres(postgres_server: str, migrated_template: str) -> Iterator[ReusedDatabase]:
    database = ReusedDatabase(postgres_server, migrated_template)
    yield database
    database.close()


@pytest.fixture
def migrated_postgres(reused_postgres: ReusedDatabase) -> Iterator[str]:
    """Yield the address of a database with all tables and no row. Other tests had it before."""
    yield reused_postgres.lend()
    reused_postgres.take_back()


@pytest.fixture
async def new_postgres(postgres_server: str, migrated_template: str) -> AsyncIterator[str]:
    """Yield the address of a new database with all tables, where it matters what deleted rows leave behind."""
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
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def migrated_sqlite(empty_sqlite: str, migrated_file: Path) -> str:
    shutil.copy(migrated_file, empty_sqlite.removeprefix("sqlite:///"))
    return empty_sqlite


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest) -> str:
    """Return the address of a database without tables, of each kind."""
    address: str = request.getfixturevalue(f"empty_{request.param}")
    return address


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on each kind of database, unless it names them itself or its module has one for those that don't."""
    named = any("database" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "database" in metafunc.fixturenames and not named and kind_for(metafunc.module) is None:
        metafunc.parametrize("database", BOTH, indirect=True)


def kind_for(module: Any) -> str | None:
    """Return the kind of database for tests that name none: SQLite for use cases; None: each kind."""
    found: str | None = getattr(module, "DATABASE", "sqlite" if module.__name__.startswith("tests.coach.") else None)
    return found


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Return the address of a database with all tables and no row."""
    kind = getattr(request, "param", None) or kind_for(request.module)
    address: str = request.getfixturevalue(f"migrated_{kind}")
    return address


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """Yield a store with all tables and no row, on each kind of database."""
    store = open_store(database)
    yield store
    await store.close()


def missing(reason: str) -> None:
    if os.environ.get("ROLESHIFT_TEST_STRICT") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


async def _database(server_address: str, template: str) -> AsyncIterator[str]:
    address = await create_database(server_address, template)
    yield address
    await drop_database(server_address, address)


async def migrate(address: str) -> None:
    store = open_store(address)
    await store.migrate()
    await store.close()
