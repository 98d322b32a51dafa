"""PostgreSQL: `AsyncConnection.run_sync` runs a use case on a connection of the pool."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store import migrate
from bot.store.types import T, Ts

CONNECTIONS = 5  # to read, and as many to write
PATIENCE = 2  # seconds to wait for a connection; Slack waits three
MAX_SILENCE = 15  # seconds without an answer after which the server counts as gone; more than any statement may take
CLOSES_WITHIN = 1  # seconds; then the end of the process closes what is left
LIMITS = {"lock_timeout": "2s", "statement_timeout": "10s", "idle_in_transaction_session_timeout": "30s"}

# Options in an address that asyncpg or the server knows. Hosts add others, for which they would refuse to connect.
SSL = {"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslnegotiation", "sslpassword"}
UNDERSTOOD = SSL | {"target_session_attrs", "options", "search_path"}

# SQLSTATE classes that mean a mistake in our own code: values, constraints, syntax and names.
MISTAKES = ("22", "23", "42")
# SQLSTATE classes that mean that the server did not commit: constraints, aborted, rolled back.
REFUSALS = ("23", "25", "40")
COMPLETION_UNKNOWN = "40003"
DEADLOCK = "40P01"


class PostgresStore:
    """A server that any number of processes share."""

    embedded = False

    def __init__(self, url: str, patience: float = PATIENCE, max_silence: float = MAX_SILENCE) -> None:
        self._url = url
        self.writing = _engine(url, patience, max_silence)
        self.reading = _engine(url, patience, max_silence, isolation_level="AUTOCOMMIT")  # no BEGIN, no ROLLBACK

    async def read(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        return await run(self.reading, use_case, *args)

    read_aside = read  # the server does the work, and is always asked

    async def write(self, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        return await run(self.writing, _committed, use_case, *args)

    async def migrate(self) -> None:
        """See Store. A migration may take long, so it has a connection of its own."""
        engine = _engine(self._url, PATIENCE, max_silence=None)
        try:
            await run(engine, _committed, migrate.upgrade)
        finally:
            await engine.dispose()

    async def erase(self) -> None:
        """See Store. Left to the server's own vacuum."""

    async def close(self) -> None:
        """See Store. A server that hangs does not hold a stop up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSES_WITHIN):
                await self.reading.dispose()
                await self.writing.dispose()


async def run(engine: AsyncEngine, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    """Run a use case, and once more if it met a deadlock or a connection that was cut: hosts cut idle ones."""
    try:
        return await _run_once(engine, use_case, *args)
    except NothingChanged as error:
        cause = error.__cause__
        if not isinstance(cause, DBAPIError) or not (cause.connection_invalidated or _sqlstate(cause) == DEADLOCK):
            raise
    return await _run_once(engine, use_case, *args)


async def _run_once(engine: AsyncEngine, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    """Raise NothingChanged for a driver's error before the commit. Mistakes in our own code are raised unchanged."""
    try:
        connection = await engine.connect()  # not `async with`: it would start a task to close it
        try:
            return await connection.run_sync(use_case, *args)
        finally:
            await connection.close()
    except DBAPIError as error:
        if _sqlstate(error).startswith(MISTAKES):
            raise
        raise NothingChanged from error
    except (PoolTimeoutError, OSError) as error:  # OSError: no connection, or no answer within MAX_SILENCE
        raise NothingChanged from error


def _committed(tx: Connection, use_case: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    """Raise NothingChanged if the server refused the commit, and OutcomeUnknown if its answer was lost."""
    with tx.begin() as transaction:
        result = use_case(tx, *args)
        try:
            transaction.commit()
        except DBAPIError as error:
            state = _sqlstate(error)
            if state.startswith(REFUSALS) and state != COMPLETION_UNKNOWN:
                raise NothingChanged from error
            raise OutcomeUnknown from error
        except OSError as error:
            raise OutcomeUnknown from error
        return result


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _engine(
    url: str, patience: float, max_silence: float | None, isolation_level: IsolationLevel = "READ COMMITTED"
) -> AsyncEngine:
    """Return an engine. Asyncpg reads the address: it knows libpq's options such as `sslmode`, SQLAlchemy doesn't."""
    settings = {**LIMITS, "application_name": "roleshift"}
    connect = {"dsn": dsn(url), "timeout": patience, "command_timeout": max_silence, "server_settings": settings}
    return create_async_engine(
        URL.create("postgresql+asyncpg"),
        pool_size=CONNECTIONS,
        isolation_level=isolation_level,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
        connect_args=connect,
    )


def dsn(url: str) -> str:
    """Return the address for asyncpg, without options that asyncpg or the server would refuse."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    strange = parsed.query.keys() - UNDERSTOOD
    return parsed.difference_update_query(strange).render_as_string(hide_password=False)
