"""F2 and G: what members wait for a command while a thousand Homes are open, and while one member floods the bot."""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import quantiles

from tests.benchmarks import members, start
from tests.benchmarks.caller import Connection, asking, signed
from tests.benchmarks.figures import Figure, Pace
from tests.benchmarks.minimal_slack import WORKSPACE, form, minimal_slack
from tests.benchmarks.processes import running

EVERY, ASKERS = 0.03, 4  # seconds from one command of the others to the next; how many may wait for their answers
SECONDS = 15  # in which all those with an open Home do something
FLOOD, CLIENTS = 10_000, 4  # requests; processes that send them
FLOODER, OTHERS = "U0FLOOD", 20
MAX_P99, MS = 100, 1000  # milliseconds


def open_homes(pace: Pace) -> Iterator[Figure]:
    """Measure F2: each member with an open Home switches weekly tips on, so that it is published again."""
    number, seconds = (30, 2) if pace.is_quick else (1_000, SECONDS)
    names, role = [members.name(each) for each in range(number)], next(iter(start.catalog().roles.values()))
    with minimal_slack() as slack, running(slack.scratch, "bot", "run", env=slack.environment()) as bot:
        _send(bot.port, [form(f"myrole {role.slug}", each).encode() for each in names])
        _send(bot.port, [_opens_home(each) for each in names])
        opened = slack.wait_for("views.publish", number)
        with asking(bot.port, names, EVERY, ASKERS) as waits:
            _send(bot.port, [form("tips on", each).encode() for each in names], seconds)
            published = slack.wait_for("views.publish", opened + number) - opened
    about = f"{number:,} Homes are open and {published:,} of them published again"
    yield _p99("F2", f"while {about}, SQLite", waits)


def flood(pace: Pace) -> Iterator[Figure]:
    """Measure G: one member sends thousands of commands, as fast as the bot answers them."""
    each = (FLOOD // 50 if pace.is_quick else FLOOD) // CLIENTS
    with minimal_slack() as slack:
        environment = slack.environment(ROLESHIFT_REQUESTS_PER_MINUTE="6000")  # the others are faster than people
        others = [members.name(other) for other in range(OTHERS)]
        with running(slack.scratch, "bot", "run", env=environment) as bot, ProcessPoolExecutor(CLIENTS) as pool:
            _send(bot.port, [form("myrole", other).encode() for other in others])
            with asking(bot.port, others, EVERY, ASKERS) as waits:
                floods = [pool.submit(_flood, bot.port, each) for _ in range(CLIENTS)]
                for done in floods:
                    done.result()
    yield _p99("G", f"while one member sends {each * CLIENTS:,} as fast as they are answered", waits)


def _p99(target: str, about: str, waits: Sequence[float]) -> Figure:
    p99 = quantiles(waits, n=100, method="inclusive")[-1] * MS
    return Figure(target, f"/roleshift myrole of others, p99 of {len(waits)}, {about}", [p99], "ms", MAX_P99)


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


def _flood(port: int, requests: int) -> None:
    with Connection(port) as connection:
        for _ in range(requests):
            connection.exchange(signed(form("myrole", FLOODER).encode()))
