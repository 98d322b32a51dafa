"""The store on PostgreSQL. One greenlet over asyncpg runs a whole transaction, so verbs stay plain functions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store.migrate import is_behind, upgrade

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

PATIENCE = 2  # seconds to wait for a connection; Slack waits three
MAX_SILENCE = 15  # seconds without an answer after which the server counts as gone; longer than `statement_timeout`
LIMITS = {"lock_timeout": "2s", "statement_timeout": "10s", "idle_in_transaction_session_timeout": "30s"}

# Parameters of an address that asyncpg or the server knows. Hosts add others, with which both refuse to connect.
SSL = {"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslnegotiation", "sslpassword"}
UNDERSTOOD = SSL | {"target_session_attrs", "options", "search_path"}

# SQLSTATE classes of mistakes in our own code: values, constraints, syntax and names.
MISTAKES = ("22", "23", "42")
# SQLSTATE classes of a commit that certainly failed: constraints, aborted, rolled back.
REFUSALS = ("23", "25", "40")
COMPLETION_UNKNOWN = "40003"
DEADLOCK = "40P01"


class PostgresStore:
    """A PostgreSQL server that any number of processes share."""

    embedded = False

    def __init__(self, url: str, patience: float = PATIENCE, max_silence: float = MAX_SILENCE) -> None:
        self._url = url
        self.pool: AsyncEngine = _engine(url, patience, max_silence)
        self._writing: Engine = self.pool.sync_engine
        self._reading: Engine = self._writing.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store."""
        return await greenlet_spawn(_read, self._reading, verb, *args)

    async def read_anew(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store. Every read asks the server."""
        return await self.read(verb, *args)

    async def write(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store."""
        try:
            return await greenlet_spawn(_write, self._writing, verb, *args)
        except NothingChanged as error:
            if not _is_deadlock(error):
                raise
        return await greenlet_spawn(
            _write, self._writing, verb, *args
        )  # retry once: the other transaction of the deadlock has continued

    async def migrate(self) -> None:
        """See Store. A migration may take long, so it uses its own connection without a time limit."""
        engine = _engine(self._url, PATIENCE, max_silence=None)
        try:
            await greenlet_spawn(_write, engine.sync_engine, upgrade)
        finally:
            await engine.dispose()

    async def is_behind(self) -> bool:
        """See Store."""
        return await self.read(is_behind)

    async def erase(self) -> None:
        """See Store. Do nothing: the server's own vacuum does it."""

    async def close(self) -> None:
        """See Store."""
        await self.pool.dispose()


def _read(engine: Engine, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    with _as_store_errors(), engine.connect() as tx:
        return verb(tx, *args)


def _write(engine: Engine, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    with _as_store_errors(), engine.connect() as tx, tx.begin() as transaction:
        result = verb(tx, *args)
        _commit(transaction.commit)
        return result


@contextmanager
def _as_store_errors() -> Iterator[None]:
    """Raise NothingChanged for an error before the commit: nothing is stored by then. Pass on mistakes of our code."""
    try:
        yield
    except DBAPIError as error:
        if _sqlstate(error).startswith(MISTAKES):
            raise
        raise NothingChanged from error
    except (PoolTimeoutError, OSError) as error:  # OSError: no connection, or no answer within MAX_SILENCE
        raise NothingChanged from error


def _commit(commit: Callable[[], None]) -> None:
    """Commit. Raise NothingChanged if the server refused it, OutcomeUnknown if its answer was lost."""
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
    return isinstance(error.__cause__, DBAPIError) and _sqlstate(error.__cause__) == DEADLOCK


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _engine(url: str, patience: float, max_silence: float | None) -> AsyncEngine:
    """Return an engine. Asyncpg reads the address itself, as it knows libpq's `sslmode` and SQLAlchemy does not."""
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
    """Replace a connection that the host has closed while idle. Asking the server instead would cost a round trip."""
    if driver.driver_connection.is_closed():
        raise DisconnectionError


def dsn(url: str) -> str:
    """Return the address as asyncpg reads it, without parameters that it would refuse."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    strange = parsed.query.keys() - UNDERSTOOD
    return parsed.difference_update_query(strange).render_as_string(hide_password=False)
