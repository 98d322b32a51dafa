"""A whole team of new members that does a challenge within a minute: what is answered, stored and shown."""

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, TypeVar
from urllib.request import Request, urlopen

from bot.coach.live import QUICK_CHANGES
from bot.content import library
from bot.store import open_store
from tests.benchmarks import challenge, databases
from tests.benchmarks.crowd import Crowd, Pressed
from tests.benchmarks.minimal_slack import SECRET
from tests.benchmarks.processes import NotStarted, Running, running, started

T = TypeVar("T")

WORKSPACE = "T0"  # as the emulator calls its first
CLIENTS = 20
PATIENCE, POLL = 60, 0.1  # seconds; a rush takes a hundred times as long
APART, CALL = 30, 0.1  # seconds that two updates of a message are apart; give or take the time that a call takes
QUICKLY_APART = 3  # seconds between two of the first updates
ACKED_WITHIN = 3  # seconds that Slack waits for an answer to a click
ASKED_A_MINUTE, MS = 100, 1000  # how often `users.info` is answered
COUNTED = re.compile(r"\d+ are in, (\d+) have done it")
YES = "Noted: you did it."


class Lost(AssertionError):
    """A click was not answered, not stored or not shown, or more than one of a member was; the text says what."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many press within how many seconds; `burst`: of so many at once Slack says who they are."""

    members: int = 1_000
    seconds: float = 60
    burst: int = 20
    skips: bool = False  # the thirty seconds between two updates, by a clock that is moved


@dataclass(frozen=True, slots=True)
class Rush:
    """What came of it. `updates`: the moments of each, in seconds; `limited`: how often Slack asked for patience."""

    target: str
    name: str
    plan: Plan
    answered: int
    stored: int
    shown: int
    updates: Sequence[float]
    waits: Sequence[float]
    limited: int

    @property
    def _gaps(self) -> list[float]:
        """Return the seconds between updates between which the clock was not moved."""
        return [] if self.plan.skips else [later - sooner for sooner, later in pairwise(self.updates)]

    @property
    def apart_at_first(self) -> float | None:
        """Return the shortest time between two of the first five updates, in seconds."""
        return min(self._gaps[: QUICK_CHANGES - 1], default=None)

    @property
    def apart(self) -> float | None:
        """Return the shortest time between two later updates, in seconds."""
        return min(self._gaps[QUICK_CHANGES - 1 :], default=None)

    def check(self) -> None:
        """Check that nothing was lost. Raise Lost."""
        if {self.answered, self.stored, self.shown} != {self.plan.members}:
            raise Lost(str(self))

    def fields(self) -> dict[str, object]:
        counted = {"clicks": self.plan.members, "answered": self.answered, "stored": self.stored, "shown": self.shown}
        asked = {
            "updates": len(self.updates),
            "apart at first": self.apart_at_first,
            "apart": self.apart,
            "limited": self.limited,
        }
        waits = {"p50": median(self.waits), "longest": max(self.waits)}
        kept = self._apart_enough and self._acked_in_time
        return {"target": self.target, "name": self.name, **counted, **asked, "acked": waits, "kept": kept}

    @property
    def _apart_enough(self) -> bool:
        at_first = self.apart_at_first is None or self.apart_at_first >= QUICKLY_APART - CALL
        return at_first and (self.apart is None or self.apart >= APART - CALL)

    @property
    def _acked_in_time(self) -> bool:
        return max(self.waits) < ACKED_WITHIN

    def __str__(self) -> str:
        members, within = self.plan.members, f"{self.plan.seconds:g} s"
        parts = [
            f"the first {QUICK_CHANGES} {self.apart_at_first:.2f} s apart at least" if self.apart_at_first else "",
            f"later ones {self.apart:.2f} s" if self.apart else "",
        ]
        verdict = f"   {_verdict(self._apart_enough)}: {QUICKLY_APART} s, then {APART} s"
        apart = "".join(f", {part}" for part in parts if part) + verdict if any(parts) else ""
        acked = f"acked after {median(self.waits) * MS:.1f} ms (p50), {max(self.waits) * MS:.0f} ms at most"
        every = {self.answered, self.stored, self.shown} == {members}
        return "\n    ".join([
            f"{self.target}  {members:,} members, none of them met, press *I did it* within {within}, {self.name}",
            f"{self.answered} answered, {self.stored} stored, {self.shown} shown at last   {_verdict(every)}: all",
            f"{len(self.updates)} chat.update{apart}",
            f"{acked}   {_verdict(self._acked_in_time)}: under {ACKED_WITHIN} s",
            f"users.info was refused {self.limited} times (429): from then on Slack was asked about everybody at once",
        ])  # fmt: skip


def rush(scratch: Path, database: str, name: str, plan: Plan) -> Rush:
    """Run the real bot as users start it, with a worker if that is a process of its own. Raise Lost."""
    members = [f"U{number:07d}" for number in range(1, plan.members + 1)]  # the first one started it
    with databases.loop() as loop, emulated(scratch, plan) as slack, contextlib.ExitStack() as stack:
        store = open_store(database)
        loop.run(store.migrate())
        opened = loop.run(store.write(challenge.lay_down, library.load(), WORKSPACE))
        clock = scratch / "clock"
        moved = {"ROLESHIFT_CLOCK": str(clock)} if plan.skips else {}
        environment = slack.environment | moved | {"DATABASE_URL": database}
        bot = stack.enter_context(running(scratch, "bot", "run", env=environment))
        if not store.embedded:
            stack.enter_context(running(scratch, "jobs", env=environment))
        button = challenge.Button(opened, slack.live_message())
        pressed, answers = loop.run(_press(bot, button, members, plan.seconds))
        if plan.skips:
            clock.write_text(str(APART))
        slack.wait_for_count(plan.members)
        stored = loop.run(store.read(challenge.who_did, opened)) & set(members)
        loop.run(store.close())
        yes = sum(len(said) == 1 and YES in said[0] for said in answers.values())
        found = Rush("B2", name, plan, yes, len(stored), slack.count(), slack.updates(), pressed.waits, slack.limited())
    found.check()
    return found


async def _press(
    bot: Running, button: challenge.Button, members: Sequence[str], seconds: float
) -> tuple[Pressed, dict[str, list[str]]]:
    async with Crowd(CLIENTS) as crowd:
        return await crowd.press(bot.port, button, members, seconds), crowd.answers


class Emulated:
    """The emulator, in a process of its own, which says who somebody is a hundred times a minute."""

    def __init__(self, url: str, environment: Mapping[str, str], plan: Plan) -> None:
        here = {"ROLESHIFT_HOST": "127.0.0.1", "SLACK_SIGNING_SECRET": SECRET}
        self.environment = {name: value for name, value in environment.items() if name != "SLACK_APP_TOKEN"} | here
        self._url = url
        limits = {"per_minute": ASKED_A_MINUTE, "burst": plan.burst, "methods": ["users.info"]}
        self._ask("/control/faults", {"limits": limits})

    def live_message(self) -> str:
        """Return the ts of the live message, once it is posted."""
        first: str = _wait(lambda: self._posts("chat.postMessage"))[0]["ts"]
        return first

    def wait_for_count(self, members: int) -> None:
        """Wait until the live message says that this many have done it, but no longer than promised."""
        with contextlib.suppress(TimeoutError):
            _wait(lambda: self.count() == members)

    def count(self) -> int:
        """Return how many have done it, as the live message says now."""
        last = self._posts("chat.update")[-1:]
        found = [COUNTED.search(json.dumps(post["blocks"])) for post in last]
        return int(found[0].group(1)) if found and found[0] else 0

    def updates(self) -> list[float]:
        return [datetime.fromisoformat(post["at"]).timestamp() for post in self._posts("chat.update")]

    def limited(self) -> int:
        counts: dict[str, int] = self._ask("/control/posts")["counts"]
        return counts["limited"]

    def _posts(self, method: str) -> list[dict[str, Any]]:
        return [post for post in self._ask("/control/posts")["posts"] if post["method"] == method]

    def _ask(self, path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self._url + path, data)) as answer:  # noqa: S310 - our own address
            said: dict[str, Any] = json.load(answer)
        assert said.get("ok", True), said
        return said


@contextlib.contextmanager
def emulated(scratch: Path, plan: Plan) -> Iterator[Emulated]:
    log = scratch / "standin.log"
    options = ("--control", "--workspaces", "1", "--members", str(plan.members + 1))
    with started(scratch, log, "tests.driver", *options, env={}) as process:
        until = time.monotonic() + PATIENCE
        while not log.read_text().endswith("\n"):
            if process.poll() is not None or time.monotonic() > until:
                raise NotStarted(f"the emulator: {log.read_text()[-2000:]}")
            time.sleep(POLL / 10)
        where = json.loads(log.read_text().splitlines()[0])
        yield Emulated(where["url"], where["environment"], plan)


def _wait(look: Callable[[], T]) -> T:
    """Return what `look` finds, as soon as it finds something. Raise TimeoutError."""
    until = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(POLL)
    return found


def _verdict(kept: bool) -> str:
    return "kept" if kept else "MISSED"
