"""PostgreSQL: checkout, verb and commit in one greenlet over asyncpg, so that verbs stay plain functions."""

from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store.migrate import is_behind, upgrade

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

CONNECT_PATIENCE = 2  # seconds; Slack waits three
LIMITS = {"lock_timeout": "2s", "statement_timeout": "10s", "idle_in_transaction_session_timeout": "30s"}
SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeoutError, OSError, TimeoutError)


class PostgresStore:
    """A server that any number of processes share."""

    embedded = False

    def __init__(self, url: str) -> None:
        self.pool: AsyncEngine = create_async_engine(
            asyncpg_url(url),
            pool_size=10,
            max_overflow=0,
            pool_timeout=CONNECT_PATIENCE,
            hide_parameters=True,
            connect_args=_connect_args(url),
        )
        self._writing: Engine = self.pool.sync_engine
        self._reading: Engine = self._writing.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store."""
        return await greenlet_spawn(_read, self._reading, verb, *args)

    async def write(self, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
        """See Store."""
        return await greenlet_spawn(_write, self._writing, verb, *args)

    async def migrate(self) -> None:
        """See Store."""
        async with self.pool.begin() as tx:
            await tx.run_sync(upgrade)

    async def is_behind(self) -> bool:
        """See Store."""
        async with self.pool.connect() as tx:
            return await tx.run_sync(is_behind)

    async def close(self) -> None:
        """See Store."""
        await self.pool.dispose()


def _read(engine: Engine, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    try:
        with engine.connect() as tx:
            return verb(tx, *args)
    except UNREACHABLE as error:
        raise NothingChanged from error


def _write(engine: Engine, verb: Callable[[Connection, *Ts], T], *args: *Ts) -> T:
    try:
        with engine.connect() as tx, tx.begin() as transaction:
            result = verb(tx, *args)
            _commit(transaction.commit)
            return result
    except UNREACHABLE as error:
        raise NothingChanged from error


def _commit(commit: Callable[[], None]) -> None:
    """A commit that the server refused is known; one whose answer was lost is not."""
    try:
        commit()
    except DBAPIError as error:
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None:
            raise OutcomeUnknown from error
        raise NothingChanged from error
    except OSError as error:
        raise OutcomeUnknown from error


def asyncpg_url(url: str) -> str:
    """The address as SQLAlchemy's asyncpg dialect wants it: no `postgres://`, no `?sslmode=`."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+asyncpg")
    return parsed.difference_update_query(["sslmode"]).render_as_string(hide_password=False)


def _connect_args(url: str) -> dict[str, Any]:
    ssl = make_url(url.replace("postgres://", "postgresql://", 1)).query.get("sslmode")
    args: dict[str, Any] = {"timeout": CONNECT_PATIENCE, "server_settings": {**LIMITS, "application_name": "roleshift"}}
    if isinstance(ssl, str) and ssl in SSL_MODES:
        args["ssl"] = ssl
    return args
