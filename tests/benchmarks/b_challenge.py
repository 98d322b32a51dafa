"""B: a team that presses *I did it*: the cost of a click compared with Bolt's own, and a rush of the whole team."""

import asyncio
import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from unittest import mock

from slack_bolt.request.async_request import AsyncBoltRequest
from tests.benchmarks.challenge import Button
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.rush import Lost, Plan, rush

from bot.content import library
from bot.core.challenges import Challenge
from bot.run import app
from bot.run.settings import load
from bot.store import Store, open_store
from tests import postgres
from tests.benchmarks import challenge, databases
from tests.benchmarks.caller import SECOND, signature
from tests.benchmarks.counting import Needed, Statements
from tests.benchmarks.figures import Count, Figure, Pace, Ratio, Side, Skipped, in_turn, side_by_side
from tests.benchmarks.minimal_slack import WORKSPACE, MinimalSlack, minimal_slack
from tests.benchmarks.processes import Running, running

BARE, BARE_NAME = "tests.benchmarks.servers.bolt_click", "Bolt alone: ack, then a POST to response_url"
CLIENTS, ROUNDS = 10, 12
TS = "1790000000.000100"
MOST = {"Slack calls": 0, "statements": 5, "commits": 1}  # one of them marks the Home of who clicked
QUICKLY = Plan(members=30, seconds=0, burst=5, skips=True)


def click(pace: Pace) -> Iterator[Figure]:
    """Measure B1: known members press *I did it* for the first time, from ten clients, without pauses."""
    with (
        minimal_slack() as slack,
        tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder,
        databases.loop() as loop,
        running(Path(folder), BARE, env=slack.environment()) as bare,
    ):
        yield from asyncio.run(_count(slack, Path(folder)))
        bench = _Bench(loop, slack, Path(folder), bare, pace)
        yield from bench.compare(f"sqlite:///{folder}/clicks.db", "SQLite")
        try:
            address = loop.run(databases.server().database())
        except postgres.Unavailable as reason:
            yield Skipped("B1", f"no PostgreSQL: {reason}")
            return
        yield from bench.compare(address, "PostgreSQL")


class _Bench:
    """What both sides are measured with."""

    def __init__(self, loop: asyncio.Runner, slack: MinimalSlack, scratch: Path, bare: Running, pace: Pace) -> None:
        self._loop, self._slack, self._scratch, self._bare = loop, slack, scratch, bare
        self._rounds, self._clicks = pace.rounds(ROUNDS), pace.requests

    def compare(self, database: str, name: str) -> Iterator[Figure]:
        """Return the processor time of a click, and how many are answered in a second. Raise Lost."""
        members = [f"U{number:07d}" for number in range(1, (self._rounds + 1) * self._clicks + 1)]
        store = open_store(database)
        opened = self._loop.run(_lay_down(store, members))
        environment = self._slack.environment(DATABASE_URL=database)
        with running(self._scratch, "bot", "run", env=environment) as ours:
            sides = [self._side(server, Button(opened, TS), members) for server in (ours, self._bare)]
            costs = in_turn(self._rounds, *(side.cost for side in sides))
        stored = self._loop.run(store.read(challenge.who_did, opened))
        self._loop.run(store.close())
        if stored != set(members):
            raise Lost(f"{len(stored)} of {len(members)} clicks are stored, {name}")
        press = f"I did it, {name}"
        yield Ratio("B1", Side(press, costs[0]), Side(BARE_NAME, costs[1]), "µs of processor time a click")
        rates = [side.rates[1:] for side in sides]
        yield Ratio("B1", Side(press, rates[0]), Side(BARE_NAME, rates[1]), f"clicks a second, {CLIENTS} clients")

    def _side(self, server: Running, button: Button, members: Sequence[str]) -> "_Side":
        return _Side(self._loop, server, button, members, self._clicks)


class _Side:
    """One server that is clicked at, round by round, by members who have not clicked before."""

    def __init__(
        self, loop: asyncio.Runner, server: Running, button: Button, members: Sequence[str], clicks: int
    ) -> None:
        self._loop, self._server, self._button = loop, server, button
        self._batches = (members[first : first + clicks] for first in range(0, len(members), clicks))
        self.rates: list[float] = []
        self.cost()  # warms up what is compiled, cached and prepared

    def cost(self) -> float:
        """Return the microseconds of the server's processor time for each click of a round."""
        members, before = next(self._batches), self._server.cpu()
        self.rates.append(len(members) / self._loop.run(self._press(members)))
        return (self._server.cpu() - before) / len(members) * SECOND

    async def _press(self, members: Sequence[str]) -> float:
        async with Crowd(CLIENTS) as crowd:
            return (await crowd.press(self._server.port, self._button, members)).seconds


async def _lay_down(store: Store, members: Sequence[str]) -> Challenge:
    catalog = library.load()
    await store.migrate()
    opened = await store.write(challenge.lay_down, catalog, WORKSPACE)
    await store.write(challenge.appear, opened, TS)
    await store.write(challenge.gather, catalog, WORKSPACE, members)
    return opened


async def _count(slack: MinimalSlack, scratch: Path) -> Sequence[Count]:
    """Count the statements that a click needs before it is acknowledged, with the app in this process."""
    logging.getLogger().setLevel(logging.ERROR)  # Bolt remarks on its settings
    quiet = slack.environment(ROLESHIFT_WITH_JOBS="0")
    with mock.patch.dict(os.environ, quiet, clear=True), contextlib.chdir(scratch):
        async with app.start(load()) as bot, Crowd(1) as crowd:
            button = Button(await _lay_down(bot.services.store, ["U1MET"]), TS)
            counted = []
            for name, member, most in (
                ("I did it, by somebody unmet", "U2UNMET", {}),  # users.info says whether they may be coached at all
                ("I did it, the first since a start", "U1MET", MOST),
                ("I did it, again", "U1MET", MOST),
            ):
                before = slack.calls.total()
                with Statements() as statements:
                    await _dispatch(bot, button.pressed(member, crowd.address))
                calls = slack.calls.total() - before
                counted.append(_counted(Needed(name, calls, statements.seen, statements.commits), most))
    return counted


async def _dispatch(bot: app.Bot, body: bytes) -> None:
    headers: dict[str, str | Sequence[str]] = {**signature(body)}
    headers["content-type"] = "application/x-www-form-urlencoded"
    answer = await bot.bolt.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=headers))
    assert answer.status == 200, answer.body


def _counted(needed: Needed, most: Mapping[str, int]) -> Count:
    counted = {"Slack calls": needed.calls, "statements": needed.statements, "commits": needed.commits}
    return Count("B1", needed.name, counted, most)


def all_at_once(pace: Pace) -> Iterator[Figure]:
    """Measure B2: a thousand new members click within a minute, with the jobs and Slack's limits.

    Both databases are measured at the same time, as the bots wait for most of it.
    """
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        scratch = Path(folder) / "sqlite", Path(folder) / "postgresql"
        rushes = [
            partial(rush, scratch[0], f"sqlite:///{folder}/rush.db", "SQLite", QUICKLY if pace.is_quick else Plan())
        ]
        try:
            if not pace.is_quick:
                address = asyncio.run(databases.server().database())
                rushes.append(partial(rush, scratch[1], address, "PostgreSQL, bot and worker", Plan()))
        except postgres.Unavailable as reason:
            yield Skipped("B2", f"no PostgreSQL: {reason}")
        for each in scratch:
            each.mkdir()
        yield from side_by_side(*rushes)
