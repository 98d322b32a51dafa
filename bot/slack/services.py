"""The services that requests and jobs use: one container, built when a process starts and closed when it stops."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock
from bot.coach.messages import Messages
from bot.content.library import Library
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.outbox.sending import Pace
from bot.slack.gateway import Gateway
from bot.slack.installation import OneWorkspace
from bot.slack.installed_workspaces import InstalledWorkspaces
from bot.slack.people import OpenHome, People
from bot.store import Store
from bot.store.retention import Retention
from bot.store.types import T, Ts

_HEARS = ThreadPoolExecutor(1, "hears")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts that all requests and jobs of a process share, for all workspaces."""

    content_library: Library
    store: Store
    gateway: Gateway
    clock: Clock
    people: People
    installations: OneWorkspace | InstalledWorkspaces
    pace: Pace = field(default_factory=Pace)
    retention: Retention = field(default_factory=Retention)
    mcp_url: str | None = None  # where assistants of members reach the bot; None: nowhere
    lab_secret: bytes = field(default=b"", repr=False)  # with which the data of labs differs for each member
    open_homes: OrderedDict[MemberKey, OpenHome] = field(default_factory=OrderedDict)  # the one opened last at the end
    planned: asyncio.Event = field(default_factory=asyncio.Event)  # somebody waits for a delivery: send it at once

    @property
    def catalog(self) -> Catalog:
        """Return what the coach teaches today. Take it once per request or job, as the day may end."""
        return self.content_library.catalog_on(self.clock.now().date())

    @property
    def messages(self) -> Messages:
        return Messages(self.catalog)

    async def hear(self, use_case: Callable[[Catalog, *Ts], T], catalog: Catalog, *args: *Ts) -> T:
        """Run what hears or searches, in the one thread that does: the first line waits for its index, and no click."""
        return await asyncio.get_running_loop().run_in_executor(_HEARS, use_case, catalog, *args)


def build(content_library: Library, store: Store, gateway: Gateway, clock: Clock, **more: Any) -> Services:  # noqa: ANN401 - fields of several types
    """Return the services; of one workspace, unless `more`, other fields, has `installations`."""
    people, parts = People(store, gateway, clock), {"installations": OneWorkspace(gateway)} | more
    return Services(content_library=content_library, store=store, gateway=gateway, clock=clock, people=people, **parts)
