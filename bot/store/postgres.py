"""PostgreSQL: checkout, verb and commit in one greenlet over asyncpg, so that verbs stay plain functions."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar, TypeVarTuple

import asyncpg
from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store import migrate
from bot.store.direct import Query, ask

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

MAX_OPEN_READERS = 2  # connections that stay checked out between reads, in AUTOCOMMIT
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
        self.pool: AsyncEngine = _engine(url, patience, max_silence)
        self._writing: Engine = self.pool.sync_engine
        self._reading: Engine = self._writing.execution_options(isolation_level="AUTOCOMMIT")
        self._open_readers: list[Connection] = []  # that no read uses at the moment

    async def read(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store."""
        if isinstance(verb, Query) and self._open_readers and not _is_dead(self._open_readers[-1].connection):
            return await self._ask(self._open_readers.pop(), verb)
        return await greenlet_spawn(self._read, verb, *args)

    async def read_aside(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store. The server does the work."""
        return await self.read(verb, *args)

    async def read_anew(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store. A server is always asked."""
        return await self.read(verb, *args)

    async def write(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store."""
        try:
            return await greenlet_spawn(_write, self._writing, verb, *args)
        except NothingChanged as error:
            if not _is_deadlock(error):
                raise
        return await greenlet_spawn(_write, self._writing, verb, *args)  # the other one went on

    async def migrate(self) -> None:
        """See Store. A migration may take long, so it has a connection of its own."""
        engine = _engine(self._url, PATIENCE, max_silence=None)
        try:
            await greenlet_spawn(_write, engine.sync_engine, migrate.upgrade)
        finally:
            await engine.dispose()

    async def check_schema(self) -> None:
        """See Store."""
        await self.read(migrate.check)

    async def erase(self) -> None:
        """See Store. Left to the server's own vacuum."""

    async def close(self) -> None:
        """See Store. A server that hangs does not hold a stop up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSES_WITHIN):
                await greenlet_spawn(self._close_readers)
                await self.pool.dispose()

    def _read(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        with _told():
            tx, kept = self._reader(), False
            try:
                result = verb(tx, *args)
                tx.rollback()  # ends what SQLAlchemy counts as a transaction; in AUTOCOMMIT the server has none
                kept = self._keep(tx)
            finally:
                if not kept:
                    tx.close()
            return result

    async def _ask(self, tx: Connection, query: Query[T]) -> T:
        kept = False
        try:
            with _told():
                result = await ask(tx, query)
            kept = self._keep(tx)
        finally:
            if not kept:
                await greenlet_spawn(tx.close)
        return result

    def _keep(self, tx: Connection) -> bool:
        """Leave a connection open for the next read, unless enough are. Return whether it was left open."""
        if len(self._open_readers) >= MAX_OPEN_READERS:
            return False
        self._open_readers.append(tx)
        return True

    def _reader(self) -> Connection:
        """Return a connection that a read left open, or one from the pool: a checkout costs more than most reads."""
        while self._open_readers:
            tx = self._open_readers.pop()
            if not _is_dead(tx.connection):
                return tx
            tx.invalidate()
            tx.close()
        return self._reading.connect()

    def _close_readers(self) -> None:
        while self._open_readers:
            self._open_readers.pop().close()


def _write(engine: Engine, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    with _told(), engine.connect() as tx, tx.begin() as transaction:
        result = verb(tx, *args)
        _commit(transaction.commit)
        return result


@contextmanager
def _told() -> Iterator[None]:
    """Raise NothingChanged for a driver's error before the commit. Mistakes in our own code are raised unchanged."""
    try:
        yield
    except DBAPIError as error:
        if _sqlstate(error).startswith(MISTAKES):
            raise
        raise NothingChanged from error
    except asyncpg.PostgresError as error:  # of a statement that direct.py ran
        if (error.sqlstate or "").startswith(MISTAKES):
            raise
        raise NothingChanged from error
    except asyncpg.InterfaceError as error:
        if isinstance(error, ValueError):  # a parameter of the wrong type
            raise
        raise NothingChanged from error  # the connection is gone
    except (PoolTimeoutError, OSError) as error:  # OSError: no connection, or no answer within MAX_SILENCE
        raise NothingChanged from error


def _commit(commit: Callable[[], None]) -> None:
    """Commit. Raise NothingChanged if the server refused that, and OutcomeUnknown if its answer was lost."""
    try:
        commit()
    except DBAPIError as error:
        state = _sqlstate(error)
        if state.startswith(REFUSALS) and state != COMPLETION_UNKNOWN:
            raise NothingChanged from error
        raise OutcomeUnknown from error
    except OSError as error:
        raise OutcomeUnknown from error


def _is_deadlock(error: NothingChanged) -> bool:
    cause = error.__cause__  # asyncpg's own error is that of a statement which direct.py ran
    state = _sqlstate(cause) if isinstance(cause, DBAPIError) else getattr(cause, "sqlstate", None)
    return state == DEADLOCK


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _engine(url: str, patience: float, max_silence: float | None) -> AsyncEngine:
    """Return an engine. Asyncpg reads the address: it knows libpq's options such as `sslmode`, SQLAlchemy doesn't."""
    settings = {**LIMITS, "application_name": "roleshift"}
    connect = {"dsn": dsn(url), "timeout": patience, "command_timeout": max_silence, "server_settings": settings}
    engine = create_async_engine(
        URL.create("postgresql+asyncpg"),
        pool_size=10,
        max_overflow=0,
        pool_timeout=patience,
        hide_parameters=True,
        connect_args=connect,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(driver: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - SQLAlchemy's adapter of asyncpg
    """Make the pool replace a closed connection: hosts cut idle ones. A ping would cost a round trip each time."""
    if _is_dead(driver):
        raise DisconnectionError


def _is_dead(driver: Any) -> bool:  # noqa: ANN401 - as above, or the pool's proxy of it
    is_closed: bool = driver.driver_connection.is_closed()
    return is_closed


def dsn(url: str) -> str:
    """Return the address for asyncpg, without options that asyncpg or the server would refuse."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    strange = parsed.query.keys() - UNDERSTOOD
    return parsed.difference_update_query(strange).render_as_string(hide_password=False)
