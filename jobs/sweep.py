"""Delete what nobody needs any more."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

from bot.coach import installing
from bot.slack.services import Services
from bot.store import challenges, retention
from bot.store.installations import MAX_GAP
from bot.store.member_schema import assistant_token, delivery
from bot.store.schema import audit, event_seen, tombstone, used_state

log = logging.getLogger(__name__)

REDELIVERED_WITHIN = timedelta(days=1)  # Slack gives up on an event after minutes
DRAFTS_WAIT = timedelta(days=7)
MAX_MEMBERS, MAX_ROWS = 20, 500  # deleted in one transaction
PAUSE = 0.005  # seconds between two transactions; an answer to a person takes several turns of the loop


async def sweep_tombstones(services: Services, _stopping: asyncio.Event) -> None:
    """Delete what is kept for ten minutes: about members who were forgotten, and about installations.

    Then overwrite what deleted rows left in the files: at the deletion itself, another process may have prevented it.
    """
    await services.store.write(retention.sweep_expired, services.clock.now(), tombstone, used_state)
    await services.store.erase()


async def sweep(services: Services, stopping: asyncio.Event) -> None:
    """Delete old events, tokens and drafts, members who left, workspaces that removed the app, and old records."""
    write, rules, now = services.store.write, services.retention, services.clock.now()
    await write(retention.sweep_expired, now, assistant_token)
    await _repeat(stopping, "drafts", lambda: write(challenges.sweep, now - DRAFTS_WAIT))
    records = (
        ("events", event_seen, REDELIVERED_WITHIN),
        ("deliveries", delivery, rules.deliveries),
        ("acts", audit, rules.audit),
    )
    for what, table, kept in records:
        await _repeat(stopping, what, partial(write, retention.sweep_old, table, now - kept, now, MAX_ROWS))
    members = await _repeat(stopping, "members", lambda: write(retention.sweep_members, rules, now, MAX_MEMBERS))
    rows = await _repeat(stopping, "rows_of_workspaces", lambda: write(retention.sweep_workspaces, rules, now))
    before, lately = now - rules.departed, now - MAX_GAP
    rows += await _repeat(stopping, "installations", lambda: write(installing.sweep, before, lately, MAX_MEMBERS, now))
    if members or rows:
        await services.store.erase()


async def _repeat(stopping: asyncio.Event, what: str, delete: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Delete batch after batch until nothing is left, and return how many there were."""
    total = 0
    while not stopping.is_set() and (gone := await delete()):
        total += gone
        await asyncio.sleep(PAUSE)
    if total:
        log.info("retention.swept", extra={"what": what, "count": total})
    return total
