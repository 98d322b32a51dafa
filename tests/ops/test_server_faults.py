"""Faults of a PostgreSQL server, and servers that hang: each is found, named and does not hold the command up."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import make_url

from bot.ops import check
from bot.ops.findings import Severity, as_text, exit_code
from bot.store import open_store
from tests.ops.conftest import World, about
from tests.ports import free_port
from tests.postgres_databases import ask, renamed
from tests.store.rows import everything as all_rows, fill_all

# What is asked of a server that has the bot's tables, and what is found then.
SERVER_FAULTS = [
    pytest.param(
        "ALTER DATABASE {name} SET default_transaction_read_only = on",
        "database", "takes no writes", "Name the primary", id="read-only",
    ),
    pytest.param("DELETE FROM alembic_version", "migrations", "Some are missing, so the bot does "
        "not start", "Run `python -m bot migrate`", id="behind"),
    pytest.param("DROP TABLE heartbeat", "database", "UndefinedTableError", "server's log", id="a table is lost"),
]  # fmt: skip


@pytest.fixture
def server(world: World, new_postgres: str) -> str:
    world.set("DATABASE_URL", new_postgres)
    return new_postgres


@pytest.mark.parametrize(("breaks", "part", "says", "fix"), SERVER_FAULTS)
async def test_each_fault_of_a_server_is_found(
    world: World, server: str, breaks: str, part: str, says: str, fix: str
) -> None:
    await ask(server, breaks.format(name=make_url(server).database))
    finding = about(await world.check(), part)
    assert finding.level is Severity.FAULT
    assert says in finding.says
    assert fix in finding.fix


async def test_a_server_that_is_well_is_not_changed(world: World, server: str) -> None:
    store = open_store(server)
    await store.write(fill_all)
    before = await store.read(all_rows)
    assert exit_code(await world.check()) == 0
    assert await store.read(all_rows) == before, "the heartbeat is rolled back, too"
    await store.close()


async def test_a_server_that_is_down_or_lacks_the_database_is_found(world: World, server: str) -> None:
    cases = {
        f"postgresql://bot:hunter2@127.0.0.1:{free_port()}/bot": "Nothing listens",
        renamed(server, "no_such_database"): "no database of this name",
        "postgresql://bot:hunter2@no-such-host.invalid/bot": "host's name is not known",
    }
    for address, says in cases.items():
        world.set("DATABASE_URL", address)
        found = await world.check()
        assert says in about(found, "database").says
        assert about(found, "migrations").level is Severity.SKIPPED
        assert "hunter2" not in as_text(found)


async def test_a_role_without_rights_is_found(world: World, server: str) -> None:
    role = f"weak_{make_url(server).database}"
    await ask(server, f"CREATE ROLE {role} LOGIN PASSWORD 'hunter2'")
    try:
        world.set("DATABASE_URL", make_url(server).set(username=role, password="hunter2").render_as_string(False))
        finding = about(await world.check(), "database")
    finally:
        await ask(server, f"DROP ROLE {role}")
    assert (finding.level, finding.says) == (Severity.FAULT, "The role has no right to the bot's tables.")


@pytest.fixture
async def silent_server(world: World) -> AsyncIterator[None]:
    """Let a server that accepts connections and says nothing stand for Slack, the database and the public address."""
    held: list[asyncio.StreamWriter] = []

    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    silent = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    world.set("SLACK_API_URL", f"http://127.0.0.1:{port}/api/")
    world.set("DATABASE_URL", f"postgresql://bot:hunter2@127.0.0.1:{port}/bot")
    world.set("ROLESHIFT_PUBLIC_URL", f"http://127.0.0.1:{port}")
    yield
    for writer in held:
        writer.close()
    silent.close()


@pytest.mark.usefixtures("silent_server")
async def test_a_server_that_hangs_is_named_as_such(world: World) -> None:
    world.patch.setattr("bot.ops.slack_side.TIMEOUT", 0.1)
    world.patch.setattr("bot.store.checkup.CONNECT_PATIENCE", 0.1)
    world.patch.setattr(check, "SITE_TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    found = await world.check()
    for part, says in (
        ("bot token", "Slack does not answer as it should (TimeoutError)."),
        ("database", "The server does not answer in time."),
        ("public address", "It does not answer from here (TimeoutError)."),
    ):
        assert about(found, part).says == says


@pytest.mark.usefixtures("silent_server")
async def test_it_ends_in_time_whatever_hangs(world: World) -> None:
    async with asyncio.timeout(10):
        found = await world.check(patience=0.5)
    for part in ("Slack", "database", "public address"):
        assert about(found, part).says == "There was no result within 0.5 s."
