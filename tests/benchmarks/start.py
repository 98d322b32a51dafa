"""All that the benchmarks import of the bot: its content, and its jobs as `python -m jobs --once` starts them."""

import asyncio
import contextlib
import functools
import io
import logging
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.coach import desk as coach
from bot.coach import schedules
from bot.content import library
from bot.core.catalog import Catalog
from bot.core.member import Act, MemberKey
from bot.run import logs
from bot.run.services import connected_services
from bot.run.settings import Settings
from bot.slack.team import desk
from bot.token_keys import TokenKeys, new_key
from jobs.deliver import deliver
from jobs.plan_nudges import plan_nudges
from jobs.sweep import sweep
from jobs.teams import read_teams, take_figures

FOLDER = library.FOLDER
TOKEN = "xoxb-bench"
BATCH = schedules.MAX_PLANNED  # members who are planned in one transaction


def load_content() -> Catalog:
    """Read and check the whole content, as a start does."""
    return library.load()


@functools.cache
def catalog() -> Catalog:
    return load_content()


@dataclass(frozen=True, slots=True)
class Worker:
    """The jobs of a worker, without their bell."""

    _services: Any

    async def plan(self) -> None:
        """Plan all tips that are due."""
        await plan_nudges(self._services, asyncio.Event())

    async def plan_batches(self) -> None:
        """Plan all tips that are due, without the rest of the job: it asks Slack about those who come next."""
        while len(await self._services.store.write(schedules.plan_due, self._services.clock.now())) == BATCH:
            pass

    async def read_teams(self) -> None:
        await read_teams(self._services, asyncio.Event())

    async def take_figures(self) -> None:
        """Count each workspace and its teams."""
        await take_figures(self._services, asyncio.Event())

    async def desk(self, workspace_id: str) -> None:
        services, admin = self._services, MemberKey(workspace_id, "U0ADMIN")
        now = services.clock.now()
        drawn = desk.desk(await services.store.write(coach.read_desk, services.catalog, admin, Act.DESK_READ, now))
        assert "said yes to weekly tips" in drawn.body()

    async def sweep(self) -> None:
        await sweep(self._services, asyncio.Event())

    async def deliver(self) -> None:
        await deliver(self._services, asyncio.Event())


@contextlib.asynccontextmanager
async def worker(environment: Mapping[str, str]) -> AsyncIterator[Worker]:
    """Start a worker in this process, which logs as much as it always does."""
    hook, handlers = sys.excepthook, list(logging.getLogger().handlers)
    logs.configure("info")
    log = logging.getLogger()
    for handler in log.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(io.StringIO())
    try:
        async with connected_services(Settings(_env_file=None, **environment)) as services:  # type: ignore[arg-type]  # by the names of the variables
            yield Worker(services)
    finally:
        sys.excepthook, log.handlers = hook, handlers


def installed(workspace_ids: Sequence[str]) -> tuple[str, list[dict[str, Any]]]:
    """Return a key, and rows of workspaces that installed the app, whose tokens it encrypts."""
    setting = new_key()
    keys = TokenKeys(setting)
    rows = [
        {
            "workspace_id": each, "app_id": "A0BENCH", "bot_user": "U0BOT", "scopes": "chat:write,im:history",
            "token": keys.encrypt(each, "token", f"{TOKEN}-{each}"), "key_id": keys.first,
        }
        for each in workspace_ids
    ]  # fmt: skip
    return setting, rows
