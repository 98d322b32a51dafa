"""F2: what members wait for a command while a whole team has Home open and presses *I did it*."""

import contextlib
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from urllib.request import Request, urlopen

from sqlalchemy import Connection as Transaction
from sqlalchemy import insert
from tests.benchmarks.crowd import Crowd, Pressed
from tests.benchmarks.rush import CLIENTS, WORKSPACE, Lost, Plan, emulated

from bot.content import library
from bot.core.challenges import Challenge
from bot.core.member import Consent
from bot.store import Store, open_store
from bot.store.member_schema import home, schedule
from tests.benchmarks import challenge, databases
from tests.benchmarks.caller import Connection, signed
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.minimal_slack import form
from tests.benchmarks.processes import Running, running

EVERY = 0.05  # seconds from one command to the next
LIMIT, MS = 0.1, 1000  # seconds that 99 of 100 commands take at most
PUBLISHED_WITHIN, POLL = 60, 0.2  # seconds after the last click
PUBLISHED = re.compile(r'^roleshift_sends_total\{kind="home",outcome="published"\} (\d+)', re.MULTILINE)
TOKEN = "0123456789abcdef0123456789abcdef"
QUICKLY = Plan(members=30, seconds=2, burst=30)


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What came of it: seconds that each command took, and how many Homes were published."""

    plan: Plan
    waits: Sequence[float]
    published: int
    seconds: float  # from the first click until the last Home was published

    @property
    def p99(self) -> float:
        return quantiles(self.waits, n=100, method="inclusive")[-1]

    def fields(self) -> dict[str, object]:
        waits = {"p50": median(self.waits), "p99": self.p99, "longest": max(self.waits), "commands": len(self.waits)}
        published = {"members": self.plan.members, "published": self.published, "seconds": self.seconds}
        return {"target": "F2", **published, **waits, "limit": LIMIT, "kept": self.p99 < LIMIT}

    def __str__(self) -> str:
        kept = "kept" if self.p99 < LIMIT else "MISSED"
        p50, p99, longest = (f"{wait * MS:.1f} ms" for wait in (median(self.waits), self.p99, max(self.waits)))
        return (
            f"F2  {self.plan.members:,} members with Home open press *I did it* in {self.plan.seconds:g} s, SQLite\n"
            f"    /roleshift myrole, {len(self.waits)} times meanwhile: {p99} (p99), {p50} (p50), {longest} at most   "
            f"{kept}: p99 under {LIMIT * MS:.0f} ms\n"
            f"    {self.published} views.publish, the last one {self.seconds:.1f} s after the first click"
        )


def while_it_counts(pace: Pace) -> Iterator[Figure]:
    """Measure F2, with the jobs in the process that answers, which is the harder case."""
    plan = QUICKLY if pace.is_quick else Plan(burst=1_000)
    members = [f"U{number:07d}" for number in range(1, plan.members + 1)]
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roleshift-benchmark-")))
        loop, slack = stack.enter_context(databases.loop()), stack.enter_context(emulated(scratch, plan))
        database = f"sqlite:///{scratch}/homes.db"
        store = open_store(database)
        opened = loop.run(_lay_down(store, members))
        loop.run(store.close())
        environment = slack.environment | {"DATABASE_URL": database, "ROLESHIFT_METRICS_TOKEN": TOKEN}
        bot = stack.enter_context(running(scratch, "bot", "run", env=environment))
        button = challenge.Button(opened, slack.live_message())
        with _asking(bot, members) as waits:
            start = time.monotonic()
            loop.run(_press(bot, button, members, plan))
            published = _wait_for(bot, plan.members)
        yield Meanwhile(plan, waits, published, time.monotonic() - start)


async def _lay_down(store: Store, members: Sequence[str]) -> Challenge:
    catalog = library.load()
    await store.migrate()
    opened = await store.write(challenge.lay_down, catalog, WORKSPACE)
    await store.write(challenge.gather, catalog, WORKSPACE, members)
    await store.write(_open_homes, members)
    return opened


def _open_homes(tx: Transaction, members: Sequence[str]) -> None:
    """Store that each member answered the question about weekly tips, and has a Home open that shows the truth."""
    now = datetime.now(UTC)
    who = [{"workspace_id": WORKSPACE, "member_id": member} for member in members]
    answered = {"consent": Consent.NO.value, "consented_at": now, "zone_is_own": False, "weekday": 1, "minute": 570}
    tx.execute(insert(schedule), [{**key, **answered} for key in who])
    tx.execute(insert(home), [{**key, "opened_at": now, "is_admin": False} for key in who])


async def _press(bot: Running, button: challenge.Button, members: Sequence[str], plan: Plan) -> Pressed:
    async with Crowd(CLIENTS) as crowd:
        return await crowd.press(bot.port, button, members, plan.seconds)


@contextlib.contextmanager
def _asking(bot: Running, members: Sequence[str]) -> Iterator[list[float]]:
    """Let one member after the other type a command while this is entered, and yield how long each answer took."""
    waits: list[float] = []
    over = threading.Event()

    def ask() -> None:
        for member in cycle(members):  # the bot slows down a member who asks often
            if over.wait(EVERY):
                return
            with Connection(bot.port) as connection:
                waits.append(connection.timed(signed(form("myrole", member, WORKSPACE).encode())))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


def _wait_for(bot: Running, members: int) -> int:
    """Return how many Homes were published, once each was published. Raise Lost."""
    until = time.monotonic() + PUBLISHED_WITHIN
    while (published := _published(bot)) < members:
        if time.monotonic() > until:
            raise Lost(f"{published} of {members} Homes were published")
        time.sleep(POLL)
    return published


def _published(bot: Running) -> int:
    asked = Request(f"http://127.0.0.1:{bot.port}/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    with urlopen(asked) as answer:  # noqa: S310 - our own address
        found = PUBLISHED.search(answer.read().decode())
    return int(found.group(1)) if found else 0
