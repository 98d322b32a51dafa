"""All that the benchmarks import of the bot: its content, and its jobs as `python -m jobs --once` starts them."""

import asyncio
import contextlib
import functools
import io
import logging
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.coach import schedules
from bot.content import library
from bot.core.catalog import Catalog
from bot.run import logs
from bot.run.connect import connected_services
from bot.run.settings import Settings
from bot.token_keys import TokenKeys, new_key
from jobs import JOBS

FOLDER = library.FOLDER
TOKEN = "xoxb-bench"
BATCH = schedules.MAX_PLANNED  # members who are planned in one transaction

load_content = library.load  # reads and checks the whole content, as a start does


@functools.cache
def catalog() -> Catalog:
    return load_content()


@dataclass(frozen=True, slots=True)
class Worker:
    """The jobs of a worker, without their bell."""

    _services: Any

    async def run(self, name: str) -> None:
        (job,) = [run for job, _, run in JOBS if job == name]
        await job(self._services, asyncio.Event())

    async def plan_batches(self) -> None:
        """Plan all tips that are due, without the rest of the job: it asks Slack about those who come next."""
        while len(await self._services.store.write(schedules.plan_due, self._services.clock.now())) == BATCH:
            pass


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


@contextlib.contextmanager
def running_worker(runner: asyncio.Runner, environment: Mapping[str, str]) -> Iterator[Worker]:
    """Start a worker whose coroutines this runner runs."""
    started = worker(environment)
    yield runner.run(started.__aenter__())
    runner.run(started.__aexit__(None, None, None))


def through_oauth(
    environment: dict[str, str], workspace_ids: Sequence[str], at: datetime
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the environment of a bot that workspaces install, and rows of some that did."""
    setting = new_key()
    keys = TokenKeys(setting)
    rows = [
        {
            "workspace_id": each, "app_id": "A0BENCH", "bot_user": "U0BOT", "scopes": "chat:write,im:history",
            "token": keys.encrypt(each, "token", f"{TOKEN}-{each}"), "key_id": keys.first, "installed_at": at,
        }
        for each in workspace_ids
    ]  # fmt: skip
    more = {
        "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": environment["SLACK_SIGNING_SECRET"],
        "ROLESHIFT_TOKEN_KEYS": setting, "ROLESHIFT_PUBLIC_URL": "https://coach.example.org",
    }  # fmt: skip
    return {name: value for name, value in environment.items() if name != "SLACK_BOT_TOKEN"} | more, rows
