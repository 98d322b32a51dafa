"""T4, F, F2 and G: what members wait for a command.

While thousands of tips are due at once, with a year's history, while a thousand Homes are open, and in a flood.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import quantiles

from tests.benchmarks import databases, members, start
from tests.benchmarks.caller import Connection, asking, signed
from tests.benchmarks.databases import loop
from tests.benchmarks.figures import Figure
from tests.benchmarks.members import FIRST, MINUTE, Clock
from tests.benchmarks.minimal_slack import WORKSPACE, form, minimal_slack
from tests.benchmarks.planning import Size, fill
from tests.benchmarks.processes import Running, running

MS = 1000  # in a second


# T4

MEMBERS, FEW = 5_000, 50
DUE_EVERY, DUE_ASKERS = 0.05, 8  # seconds from one command to the next; how many may wait for their answers at a time
BEAT = 0.002  # seconds between two looks at the loop
IDLE = 2.0  # seconds during which nothing is due
WATCHED_FOR = 12.0  # seconds: at the bot's limit all tips would take 21 minutes
MAX_STALL, MAX_P99 = 40, 60  # milliseconds
PROBE = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


def all_due() -> Iterator[Figure]:
    """Measure T4, on SQLite, with the jobs in the process that answers."""
    with minimal_slack() as slack:
        address, clock = databases.sqlite(slack.scratch / "bot.db"), Clock(slack.scratch)
        databases.insert(address, members.gather(MEMBERS))
        environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(clock))
        with running(slack.scratch, "bot", "run", env=environment) as bot:
            with _watching(bot):
                time.sleep(IDLE)
            with _watching(bot) as (waits, beats):
                clock.set(FIRST + MINUTE)
                slack.wait_for("chat.postMessage", MEMBERS, within=WATCHED_FOR)
    about = f"while {MEMBERS:,} tips are due at once, SQLite"
    yield Figure("T4", f"longest stall of the event loop {about}", [max(beats) * MS], "ms", MAX_STALL)
    yield _p99("T4", about, waits, MAX_P99)


@contextlib.contextmanager
def _watching(bot: Running) -> Iterator[tuple[list[float], list[float]]]:
    """Yield the seconds that commands wait, and those that a request waits which needs nothing but the loop."""
    beats: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(BEAT):
            before = time.monotonic()
            with Connection(bot.port) as connection:
                connection.answer(PROBE)
            beats.append(time.monotonic() - before)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        with asking(bot.port, [members.name(each) for each in range(FEW)], DUE_EVERY, DUE_ASKERS) as waits:
            yield waits, beats
    finally:
        over.set()
        looking.join()


# F

A_YEAR = Size(10_000, weeks=52)
FILLED = "T00000000"  # by `fill`
ASKED, YEAR_EVERY, YEAR_ASKERS, ASKED_FOR = 200, 1 / 30, 4, 10  # members who ask; seconds between two; threads; in all
MAX_FIRST = 150  # milliseconds


def on_a_years_history() -> Iterator[Figure]:
    """Measure F on PostgreSQL, in the bot with its jobs, of which nothing is due."""
    address = databases.server().database()
    with loop() as runner:
        runner.run(fill(address, A_YEAR, minutes=1, together=1))
    names = [f"U{number:08d}" for number in range(ASKED)]
    with minimal_slack() as slack:
        environment = slack.environment(DATABASE_URL=address, ROLESHIFT_CLOCK=str(Clock(slack.scratch)))
        environment, rows = start.through_oauth(environment, [FILLED], FIRST)
        databases.insert(address, {"installation": rows})
        with running(slack.scratch, "bot", "run", env=environment) as bot:
            with Connection(bot.port) as connection:
                first = connection.timed(signed(form("myrole", names[0], FILLED).encode()))
            with asking(bot.port, names, YEAR_EVERY, YEAR_ASKERS, FILLED) as waits:
                time.sleep(ASKED_FOR)
    about = f"{A_YEAR} with {A_YEAR.weeks} weeks of tips, PostgreSQL"
    yield _p99("F", f"at 30 a second, {about}", waits, MAX_P99)
    yield Figure("F", f"the first answer after a start, {about}", [first * MS], "ms", MAX_FIRST)


# F2 and G

HOMES, SECONDS = 1_000, 10  # members with an open Home; seconds in which all of them do something
EVERY, ASKERS = 0.03, 4  # seconds from one command of the others to the next; how many may wait for their answers
FLOOD, CLIENTS = 10_000, 4  # requests; processes that send them
FLOODER, OTHERS = "U0FLOOD", 20
MAX_BUSY_P99 = 100  # milliseconds


def open_homes() -> Iterator[Figure]:
    """Measure F2: each member with an open Home switches weekly tips on, so that it is published again."""
    names, role = [members.name(each) for each in range(HOMES)], next(iter(start.catalog().roles.values()))
    with minimal_slack() as slack, running(slack.scratch, "bot", "run", env=slack.environment()) as bot:
        _send(bot.port, [form(f"myrole {role.slug}", each).encode() for each in names])
        _send(bot.port, [_opens_home(each) for each in names])
        opened = slack.wait_for("views.publish", HOMES)
        with asking(bot.port, names, EVERY, ASKERS) as waits:
            _send(bot.port, [form("tips on", each).encode() for each in names], SECONDS)
            published = slack.wait_for("views.publish", opened + HOMES) - opened
    about = f"{HOMES:,} Homes are open and {published:,} of them published again"
    yield _p99("F2", f"while {about}, SQLite", waits, MAX_BUSY_P99)


def flood() -> Iterator[Figure]:
    """Measure G: one member sends thousands of commands, as fast as the bot answers them."""
    with minimal_slack() as slack:
        environment = slack.environment(ROLESHIFT_REQUESTS_PER_MINUTE="6000")  # the others are faster than people
        others = [members.name(other) for other in range(OTHERS)]
        with running(slack.scratch, "bot", "run", env=environment) as bot, ProcessPoolExecutor(CLIENTS) as pool:
            _send(bot.port, [form("myrole", other).encode() for other in others])
            with asking(bot.port, others, EVERY, ASKERS) as waits:
                floods = [pool.submit(_flood, bot.port) for _ in range(CLIENTS)]
                for done in floods:
                    done.result()
    yield _p99("G", f"while one member sends {FLOOD:,} as fast as they are answered", waits, MAX_BUSY_P99)


def _p99(target: str, about: str, waits: Sequence[float], limit: float) -> Figure:
    p99 = quantiles(waits, n=100, method="inclusive")[-1] * MS
    return Figure(target, f"/roleshift myrole, p99 of {len(waits)}, {about}", [p99], "ms", limit)


def _opens_home(member: str) -> bytes:
    event = {"type": "app_home_opened", "user": member, "channel": f"D{member[1:]}", "tab": "home"}
    event |= {"event_ts": f"{time.time():.6f}"}
    callback = {"type": "event_callback", "team_id": WORKSPACE, "api_app_id": "A0BENCH", "event_id": f"Ev{member}"}
    return json.dumps({**callback, "event": event, "event_time": int(time.time())}).encode()


def _send(port: int, bodies: Sequence[bytes], seconds: float = 0) -> None:
    """Send these one after the other, evenly spread over some seconds or without pauses."""
    start = time.monotonic()
    for number, body in enumerate(bodies):
        time.sleep(max(start + number * seconds / len(bodies) - time.monotonic(), 0))
        with Connection(port) as connection:
            kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
            connection.exchange(signed(body, kind))


def _flood(port: int) -> None:
    with Connection(port) as connection:
        for _ in range(FLOOD // CLIENTS):
            connection.exchange(signed(form("myrole", FLOODER).encode()))
