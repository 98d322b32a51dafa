"""The code of a started process: run the real worker or bot, with the ordered kill point and mutant."""

import asyncio
import functools
import importlib
import inspect
import itertools
import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

import jobs
import jobs.__main__
from bot.coach import challenges
from bot.core import outcomes
from bot.outbox import sending
from bot.run import app, connect, logs
from bot.run.settings import Settings
from bot.slack import gateway, installed_workspaces
from bot.store import Store, open_store, postgres as _postgres, sqlite as _sqlite  # noqa: F401 - before the fork
from tests.faults.kill_points import name_of
from tests.faults.mutants import MUTANTS, Mutant

T = TypeVar("T")

POST_TIMEOUT = 1  # seconds instead of ten, so that a run with silent answers ends soon
QUICK_RINGS = {  # seconds between two; a job that is not named here rings as often as it does
    "plan_nudges": 0.3, "deliver": 0.1, "settle": 0.3, "sweep": 60.0, "close_challenges": 0.3, "update_challenges": 0.2,
    "refresh_tokens": 0.3,
}  # fmt: skip
FIRST_PAUSE = 0.2  # seconds
REFRESH_LEASE = 2.0  # seconds, instead of twenty
BETWEEN_POSTS = timedelta(seconds=0.1)  # to one channel, instead of one
LEASE = timedelta(seconds=2)  # to change a challenge's live message, instead of thirty
BETWEEN_CHANGES = timedelta(seconds=0.5)  # of it, instead of five


def run(order: dict[str, Any]) -> int:
    """Run until it is told to stop, or killed. Return the exit code."""
    logging.raiseExceptions = False
    try:
        os.dup2(os.open(order.get("log") or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
        sys.stderr = os.fdopen(2, "w", buffering=1)
        mutant = MUTANTS.get(order["mutant"] or "", Mutant())
        mutant.change()
        if "call" in order:
            _call(order)
        else:
            _serve(order, mutant)
    except BaseException:  # noqa: BLE001 - what it was stands in the log of this process
        traceback.print_exc()
        return 1
    return 0


def _call(order: dict[str, Any]) -> None:
    """Call a function that needs a process of its own, and write what it returns to a file."""
    logging.disable()
    module, _, name = order["call"].partition(":")
    found = getattr(importlib.import_module(module), name)(*order["args"])
    Path(order["into"]).write_text(json.dumps(asyncio.run(found) if inspect.iscoroutine(found) else found))


def _serve(order: dict[str, Any], mutant: Mutant) -> None:
    """Run the bot or the worker, with shorter times."""
    settings = Settings(_env_file=None, **order["settings"])
    logs.configure(settings.log_level)
    jobs.JOBS = tuple((name, QUICK_RINGS.get(name, rings), run) for name, rings, run in jobs.JOBS)
    challenges.LEASE, challenges.PAUSE, sending.CHANNEL_PAUSE = LEASE, BETWEEN_CHANGES, BETWEEN_POSTS
    gateway.TIMEOUT = POST_TIMEOUT  # type: ignore[attr-defined]  # mypy takes no module for the place of a setting
    installed_workspaces.REFRESH_LEASE, installed_workspaces.REFRESH_PAUSE = REFRESH_LEASE, FIRST_PAUSE
    outcomes.FIRST_PAUSE *= FIRST_PAUSE / outcomes.FIRST_PAUSE.total_seconds()
    connect.open_store = lambda url: Watched(open_store(url), mutant, order.get("kill"), order.get("trace"))  # type: ignore[attr-defined, assignment, return-value]  # a double
    if order.get("what") == "bot":
        app.run(settings)
    else:
        app.run(settings, app.start_worker, must_listen=False)


class Watched:
    """The store, with SIGKILL at one kill point, as it was ordered (see kill_points.py)."""

    def __init__(self, store: Store, mutant: Mutant, kill: dict[str, Any] | None, trace: str | None) -> None:
        self.embedded = store.embedded
        self._mutant, self._kill, self._trace = mutant, kill, trace
        self._seen = itertools.count(1)  # of the kill point
        self._store, self.erase = store, store.erase
        self.read, self.migrate = store.read, store.migrate
        self.read_aside, self.close = store.read_aside, store.close

    async def write(self, use_case: Callable[..., T], *args: Any) -> T:
        """Run the use case in a transaction, and end the process if this is its kill point."""
        name = name_of(use_case)
        self._strike(name, "before", args)

        def and_strike(tx: Connection, *inner: Any) -> T:
            result = use_case(tx, *inner)
            self._strike(name, "during", result)
            return result

        functools.update_wrapper(and_strike, use_case)
        began = time.monotonic()
        result: T = await self._mutant.write(self._store, and_strike, *args)
        if self._trace:
            self._tell(Path(self._trace), use_case, began, args, result)
        self._strike(name, "after", result)
        return result

    def _tell(self, into: Path, use_case: Callable[..., T], began: float, args: Sequence[Any], result: T) -> None:
        """Note when posts began, when a pause that Slack asked for was stored, and rights to change a live message.

        All processes share this clock.
        """
        line: dict[str, Any]
        if use_case is sending.begin:
            line = {"began": began, "members": [claim.delivery.member_id for claim in args[2]]}
        elif use_case is sending.finish and any(getattr(outcome, "pause", None) for _, outcome in args[2]):
            line = {"paused": time.monotonic()}
        elif use_case is challenges.claim_update and result:
            line = {"may change": args[1].timestamp(), "for": challenges.PAUSE.total_seconds()}
        else:
            return
        with into.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _strike(self, use_case: str, when: str, about: object) -> None:
        kill = self._kill
        if kill is None or use_case != kill["use_case"] or when != kill["when"]:
            return
        if isinstance(about, list | set | int) and not about:
            return  # a claim of nothing does not count, nor a run of a job that found nothing to do
        if next(self._seen) == kill["nth"]:
            os.kill(os.getpid(), signal.SIGKILL)
