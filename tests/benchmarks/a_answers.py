"""A: what a command costs, compared with Bolt's own hello and with the least that any server must do."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median

from bot.content import library
from tests import postgres
from tests.benchmarks import databases
from tests.benchmarks.caller import SECOND, Caller
from tests.benchmarks.cores import on_one_core
from tests.benchmarks.counting import Needed, count_commands
from tests.benchmarks.figures import Count, Figure, Pace, Ratio, Side, Skipped, in_turn
from tests.benchmarks.minimal_slack import MinimalSlack, minimal_slack
from tests.benchmarks.processes import Running, running, started

LEARNED = 8
ROUNDS = 30
LEANEST = "tests.benchmarks.leanest.myrole"
HELLO, FLOOR = "tests.benchmarks.servers.bolt_hello", "tests.benchmarks.servers.floor"
MICROSECONDS, LATENCY = "µs of processor time", "µs, p50"
BOLT_HELLO = "Bolt's own hello (process_before_response)"

MAX_FOR_READ = {"Slack calls": 0, "statements": 2}
ASKS_SLACK = {  # whether somebody is an admin, each time; or to open a form
    f"/roleshift {verb}" for verb in ("team", "admins", "announce", "audit", "content", "situation")
}
MAX_FOR_WRITE = {"Slack calls": 0, "statements": 4, "commits": 1}


@on_one_core
def hello(pace: Pace) -> Iterator[Figure]:
    """Measure A1: the cheapest command of the full app, which needs no database, against Bolt's hello."""
    with _slack() as (slack, scratch), contextlib.ExitStack() as stack:
        environment = slack.environment()
        ours = stack.enter_context(_bot(scratch, environment))
        theirs = stack.enter_context(_called(running(scratch, HELLO, env=environment)))
        same = stack.enter_context(_called(running(scratch, HELLO, "--menu", env=environment)))
        sides = (caller.cpu_per_request("", pace.requests) for caller in (ours, theirs, same))
        menu, text, bolts_menu = in_turn(pace.rounds(ROUNDS), *sides)
    side = Side("/roleshift in the full app: its menu, 5 buttons", menu)
    yield Ratio("A1", side, Side(f"{BOLT_HELLO}: `Hello!`", text), MICROSECONDS, limit=1.0)
    yield Ratio("A1", side, Side(f"{BOLT_HELLO}: the same menu", bolts_menu), MICROSECONDS)


@on_one_core
def myrole(pace: Pace) -> Iterator[Figure]:
    """Measure A2: a command that reads a member and what they have learned, against Bolt's hello."""
    with _slack() as (slack, scratch), contextlib.ExitStack() as stack:
        theirs = stack.enter_context(_called(running(scratch, HELLO, env=slack.environment())))
        environment = slack.environment(DATABASE_URL=f"sqlite:///{scratch}/bot.db")
        yield from _myrole(scratch, environment, theirs, pace, "SQLite", limit=1.35)
        try:
            address = asyncio.run(databases.server().database())
        except postgres.Unavailable as reason:
            yield Skipped("A2", f"no PostgreSQL: {reason}")
            return
        environment = slack.environment(DATABASE_URL=address)
        yield from _myrole(scratch, environment, theirs, pace, "PostgreSQL", limit=2.1)


def _myrole(
    scratch: Path, environment: Mapping[str, str], theirs: Caller, pace: Pace, database: str, *, limit: float
) -> Iterator[Ratio]:
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(_bot(scratch, environment))
        give_a_past(ours)
        leanest = stack.enter_context(_called(running(scratch, LEANEST, "--bolt", env=environment)))
        straight = stack.enter_context(_called(running(scratch, LEANEST, env=environment)))
        assert ours.call("myrole") == leanest.call("myrole") == straight.call("myrole")
        sides = (each.cpu_per_request("myrole", pace.requests) for each in (ours, leanest, straight))
        whole, lean, bare, text = in_turn(pace.rounds(ROUNDS), *sides, theirs.cpu_per_request("", pace.requests))
    side = Side(f"/roleshift myrole, {LEARNED} skills learned, {database}", whole)
    yield Ratio("A2", side, Side(f"{BOLT_HELLO}: `Hello!`", text), MICROSECONDS, limit)
    yield Ratio("A2", side, Side("the leanest program that goes through Bolt", lean), MICROSECONDS, limit=1.3)
    yield Ratio("A2", side, Side("the leanest program without Bolt", bare), MICROSECONDS)


@on_one_core
def one_at_a_time(pace: Pace) -> Iterator[Figure]:
    """Measure A3: how long one member waits if nobody else asks."""
    with _slack() as (slack, scratch), contextlib.ExitStack() as stack:
        environment = slack.environment()
        ours = stack.enter_context(_bot(scratch, environment))
        floor = stack.enter_context(_called(running(scratch, FLOOR, env=environment)))
        give_a_past(ours)
        sides = (ours.p50("", pace.requests), ours.p50("myrole", pace.requests), floor.p50("", pace.requests))
        menu, whole, bare = in_turn(pace.rounds(ROUNDS), *sides)
    bottom = Side("the floor: uvicorn, signature, form", bare)
    yield Ratio("A3", Side("/roleshift", menu), bottom, LATENCY, limit=2.0)
    yield Ratio("A3", Side("/roleshift myrole, SQLite", whole), bottom, LATENCY)  # beside it: one that reads, too
    yield from _socket_mode(pace)


def _socket_mode(pace: Pace) -> Iterator[Figure]:
    with _slack() as (slack, scratch), _slack() as (other, _), contextlib.ExitStack() as stack:
        app_token = {"SLACK_APP_TOKEN": "xapp-bench"}
        stack.enter_context(running(scratch, "bot", "run", env=slack.environment(**app_token)))
        log = scratch / "bolt.log"
        stack.enter_context(started(scratch, log, HELLO, "--default", "--socket", env=other.environment(**app_token)))
        ours, theirs = in_turn(pace.rounds(ROUNDS), _link_p50(slack, pace), _link_p50(other, pace))
    side = Side("/roleshift over Socket Mode", ours)
    yield Ratio("A3", side, Side("Bolt's own hello as it comes, Socket Mode", theirs), LATENCY, limit=1 / 20)


def _link_p50(slack: MinimalSlack, pace: Pace) -> Callable[[], float]:
    slack.wait_for_link()

    def measure() -> float:
        return median(slack.command("") for _ in range(pace.requests // 10)) * SECOND  # Bolt's default takes 11 ms

    measure()
    return measure


def work_per_command(_pace: Pace) -> Iterator[Figure]:
    """Count A4: the calls and statements that a command needs before it is answered, at any number of skills."""
    with minimal_slack() as slack, tempfile.TemporaryDirectory() as scratch:
        first, *others = asyncio.run(count_commands(slack, Path(scratch)))
    yield _count(first, {})  # users.info says whether they may be coached at all; this happens once
    for needed in others:
        most = MAX_FOR_WRITE if needed.writes else MAX_FOR_READ
        yield _count(needed, most | {"Slack calls": 1} if needed.name in ASKS_SLACK else most)


def _count(needed: Needed, most: Mapping[str, int]) -> Count:
    counted = {"Slack calls": needed.calls, "statements": needed.statements, "commits": needed.commits}
    return Count("A4", needed.name, counted, most)


@contextlib.contextmanager
def _slack() -> Iterator[tuple[MinimalSlack, Path]]:
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as scratch:
        yield slack, Path(scratch)


def _bot(scratch: Path, environment: Mapping[str, str]) -> contextlib.AbstractContextManager[Caller]:
    return _called(running(scratch, "bot", "run", env=environment))


@contextlib.contextmanager
def _called(server: contextlib.AbstractContextManager[Running]) -> Iterator[Caller]:
    with server as up:
        yield Caller(up)


def give_a_past(caller: Caller) -> None:
    role = next(role for role in library.load().roles.values() if len(role.skills) > LEARNED)
    for words in (f"myrole {role.slug}", *(f"learn {skill}" for skill in role.skills[:LEARNED])):
        caller.call(words)
    answer = caller.call("myrole")
    assert f"{LEARNED} of {len(role.skills)} skills" in answer, answer
