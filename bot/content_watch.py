"""Keep the content of this process the same as that of the others: one look at the database every two seconds."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from bot.coach import editions, homes
from bot.content_library import Library
from bot.core.editions import Copy, Wanted
from bot.core.errors import NothingChanged, OutcomeUnknown
from bot.core.member import MemberKey
from bot.store import Store

log = logging.getLogger(__name__)

LOOK_EVERY = 2  # seconds
LEAVE_WITHIN = 1  # second for the last write of a process that stops
TELL_EVERY = 30  # seconds between two rows, and between two tries to read files that differ from the others'


class ContentWatch:
    """Follows the other processes when they read new content, and lets them follow this one.

    A process whose files differ keeps serving what it has, logs it, and tries again every TELL_EVERY seconds.
    """

    def __init__(self, library: Library, store: Store, now: Callable[[], datetime]) -> None:
        self._library, self._store, self._now = library, store, now
        self._asked, self._looking = asyncio.Event(), asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None
        self._followed: Wanted | None = None  # the last wish of another process that this one carried out
        self._told: Copy | None = None
        self._told_at = float("-inf")
        self._differs_from: str | None = None
        self._on_homes: str | None = None  # the version with which this process had all Homes drawn

    def start(self) -> None:
        """Look now, and then every LOOK_EVERY seconds."""
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop looking, and let the others forget this process."""
        if self._watching is not None:
            self._watching.cancel()
        with contextlib.suppress(Exception):  # whatever is wrong with the database now, the stop goes on
            async with asyncio.timeout(LEAVE_WITHIN), self._looking:
                await self._store.write(editions.leave, self._library.copy)

    def reload_soon(self) -> None:
        """Read the files again at the next look, which comes at once."""
        self._asked.set()

    @property
    def note(self) -> str | None:
        """Return what an operator should know, for /readyz."""
        if self._library.mistakes:
            first, *others = map(str, self._library.mistakes)
            more = f" (and {len(others)} more)" if others else ""
            return f"content: refused, so version {self._library.version} is served: {first}{more}"
        if self._differs_from is not None:
            return f"content: version {self._library.version} is served here, but {self._differs_from} is wanted"
        return None

    async def look(self) -> None:
        """Carry out what was asked of this process or by another one, and store what this one serves."""
        async with self._looking:
            if self._asked.is_set():
                self._asked.clear()
                await self._library.reload()
            wanted = await self._store.read(editions.wanted)
            if self._library.is_news:
                wanted = await self._publish(wanted)
            self._library.is_news = False
            if wanted is not None and (wanted.version != self._library.version or self._library.mistakes):
                await self._follow(wanted)
            self._compare(wanted)
            await self._tell()
            await self._renew_homes()

    async def _renew_homes(self) -> None:
        """Have all Homes drawn anew after a start and after new content. One that shows the same is not published."""
        if self._on_homes != self._library.version:
            marked: MemberKey | None = homes.FIRST
            while marked is not None:
                marked = await self._store.write(homes.everywhere_changed, self._now(), marked)
            self._on_homes = self._library.version

    async def _publish(self, wanted: Wanted | None) -> Wanted | None:
        """Let the others follow this process, and record what is new. Return the version that is wanted now."""
        if wanted is not None and wanted.version == self._library.version:
            await self._store.write(editions.record, self._library.entries, self._now())
            return wanted
        await self._store.write(editions.publish, self._library.copy, self._library.entries, self._now())
        return await self._store.read(editions.wanted)

    async def _follow(self, wanted: Wanted) -> None:
        if wanted != self._followed or self._is_time_to_tell:
            self._followed = wanted
            await self._library.follow(wanted.version)

    def _compare(self, wanted: Wanted | None) -> None:
        other = wanted.version if wanted is not None and wanted.version != self._library.version else None
        if other is not None and other != self._differs_from:
            log.warning("content.differs", extra={"version": self._library.version, "wanted": other})
        self._differs_from = other

    async def _tell(self) -> None:
        copy = self._library.copy
        if copy != self._told or self._is_time_to_tell:
            await self._store.write(editions.tell, copy, self._now())
            self._told, self._told_at = copy, asyncio.get_running_loop().time()

    @property
    def _is_time_to_tell(self) -> bool:
        return asyncio.get_running_loop().time() - self._told_at >= TELL_EVERY

    async def _watch(self) -> None:
        while True:
            try:
                await self.look()
            except (NothingChanged, OutcomeUnknown):
                log.debug("content.unwatched")  # /readyz says that the database does not answer
            except Exception:  # a look must not end the watch
                log.exception("content.watch_failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_EVERY)
