"""Requests as a sign of life: a workspace that sends them still has the app, whatever Slack says about its token."""

import asyncio
import logging

from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.run.clock import Clock
from bot.store import Store, doubts

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two looks at the row of a workspace
MAX_KNOWN = 10_000  # workspaces in memory


class Heard:
    """Connects a workspace again that was disconnected because Slack refused its token, once it sends a request."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._until: dict[str, float] = {}  # by the loop's clock, when to look at a workspace's row again

    def is_news(self, workspace_id: str) -> bool:
        """Return whether to call `note` for a verified request of a workspace that has the app."""
        return self._until.get(workspace_id, 0.0) <= asyncio.get_running_loop().time()

    async def note(self, workspace_id: str) -> None:
        """Connect the workspace again if Slack refused its token, and have Slack asked about it at once."""
        if len(self._until) >= MAX_KNOWN:
            self._until.clear()
        self._until[workspace_id] = asyncio.get_running_loop().time() + EVERY
        try:
            if await self._store.read(doubts.is_doubted, workspace_id):
                await self._store.write(doubts.heard, workspace_id, self._clock.now())
                log.warning("workspace.heard", extra={"workspace_id": workspace_id})
        except (NothingChanged, OutcomeUnknown):
            del self._until[workspace_id]  # so the next request tries again
