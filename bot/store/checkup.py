"""Check that the database works: read rows at each check, and write one every few seconds."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.store import workspaces
from bot.store.engine import Store
from bot.store.schema import heartbeat

# Seconds between two heartbeats. With ten, `/readyz` could not say no within 10 s: a probe comes some seconds after a
# beat was due, and only a committed write shows that the disk is full.
BEAT_EVERY = 5
PATIENCE = 5  # seconds for the database to answer; a frozen server would let a supervisor wait longer


class Checkup:
    """Check the database, one check at a time. While a check hangs, callers wait for it and get "does not answer"."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._looking: asyncio.Task[str | None] | None = None
        self._beat_at: float | None = None

    async def fault(self, workspace_ids: Collection[str]) -> str | None:
        """Return why the database does not work for these workspaces; None if it works. Answer within PATIENCE."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(workspace_ids))
        done, _ = await asyncio.wait([self._looking], timeout=PATIENCE)
        if not done:
            return "the database does not answer"
        (looked,), self._looking = done, None
        return looked.result()

    async def _look(self, workspace_ids: Collection[str]) -> str | None:
        try:
            if not await self._store.read_anew(workspaces.are_there, workspace_ids):
                return "the database has lost the workspace's row"
        except (NothingChanged, DBAPIError):
            return "the database does not answer"
        loop_time = asyncio.get_running_loop().time()
        if self._beat_at is not None and loop_time - self._beat_at < BEAT_EVERY:
            return None
        try:
            await self._store.write(beat, self._now())
        except (NothingChanged, OutcomeUnknown, DBAPIError):
            return "the database takes no writes"
        self._beat_at = loop_time
        return None


_INSERT = insert(heartbeat).values(id=1, written_at=bindparam("now"))
_BEAT = _INSERT.on_conflict_do_update(index_elements=[heartbeat.c.id], set_={"written_at": _INSERT.excluded.written_at})


def beat(tx: Connection, now: datetime) -> None:
    """Write the heartbeat, the only row of its table."""
    tx.execute(_BEAT, {"now": now})
