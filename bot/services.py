"""The services that requests and jobs use: one container, built when a process starts."""

import asyncio
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.coach.retention import Retention
from bot.coach.sending import Pace
from bot.content_library import Library
from bot.core.catalog import Catalog
from bot.language_model import LanguageModel
from bot.slack.downloads import Links
from bot.slack.gateway import Gateway
from bot.slack.installation import Authorizer, Installations
from bot.slack.people import People
from bot.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts that all requests and jobs of a process share, for all workspaces."""

    content_library: Library
    store: Store
    gateway: Gateway
    clock: Clock
    people: People
    installations: Authorizer
    pace: Pace = field(default_factory=Pace)
    retention: Retention = field(default_factory=Retention)
    links: Links | None = None  # to a member's data; None where the web server has no public address
    language_model: LanguageModel | None = None  # puts answers into words, in workspaces that switched it on
    planned: asyncio.Event = field(default_factory=asyncio.Event)  # somebody waits for a delivery: send it at once

    @property
    def catalog(self) -> Catalog:
        """Return what the coach teaches now. Take it once per request or job, as it may be read again at any time."""
        return self.content_library.catalog_on(self.clock.now().date())


def build(
    content_library: Library,
    store: Store,
    gateway: Gateway,
    clock: Clock,
    pace: Pace | None = None,
    retention: Retention | None = None,
) -> Services:
    """Build the services from these parts, for the workspace of one token."""
    return Services(
        content_library=content_library,
        store=store,
        gateway=gateway,
        clock=clock,
        people=People(store, gateway, clock),
        installations=Installations(gateway),
        pace=pace or Pace(),
        retention=retention or Retention(),
    )
