"""P14: people without the secret attack the real bot behind the shipped `nginx.conf`.

Commands and `/healthz` must not wait for them. What is measured goes through nginx, TLS included.
"""

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE

from tests.benchmarks.caller import signed
from tests.benchmarks.minimal_slack import form, minimal_slack
from tests.benchmarks.processes import ROOT, Running, running
from tests.faults.attacks import ATTACKS, trusting
from tests.faults.processes import Processes
from tests.faults.proxy import NEEDED, NGINX, proxied
from tests.faults.stage import Databases
from tests.faults.tally import Case, Result

SHORT, LONG = 2, 60  # seconds of each attack
CALM = 0.5  # seconds before it
MAX_P99, MAX_GROWTH = 0.5, 30  # seconds; MB
PATIENCE = 60  # seconds until a probe gives up
GAP = 0.02  # seconds between two probes
SHORT_ABOUTS, LONG_ABOUTS = (tuple(f"{name}, {seconds} s" for name in ATTACKS) for seconds in (SHORT, LONG))
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


@dataclass
class Seen:
    """What the people who use the bot saw while it was attacked."""

    attack: str
    commands: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    growth: float = 0
    calm: float = 0  # seconds that a command took before the attack: the median
    sent: int = 0  # requests, or connections, of the attacker

    def broken(self, max_p99: float = MAX_P99) -> list[str]:
        """Return every way in which the promise was broken; `max_p99` is in seconds."""
        found = []
        for what, times in (("commands", self.commands), ("/healthz", self.health)):
            if percentile(times) >= max_p99:
                found.append(f"{self.attack}: {what} took {percentile(times):.2f} s at p99")
        if self.growth > MAX_GROWTH:
            found.append(f"{self.attack}: memory grew by {self.growth:.0f} MB")
        if not self.sent:
            found.append(f"{self.attack}: no attack took place")
        return found


def percentile(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)] if times else PATIENCE


async def run(case: Case, _databases: Databases, _processes: Processes) -> Result:
    """Run an attack. The case names it and how many seconds it takes."""
    if NGINX is None and os.environ.get("ROLESHIFT_TEST_STRICT") != "1":
        return Result(case.name, {f"skipped, {NEEDED}": 1})
    name, _, seconds = case.about.rpartition(", ")
    with attackable() as target:
        seen = await attacked(target, name, float(seconds.removesuffix(" s")))
    counts = {"commands": len(seen.commands), "requests and connections of strangers": seen.sent}
    return Result(case.name, counts, seen.broken())


@contextlib.contextmanager
def attackable() -> Iterator[Running]:
    """Start the bot and an nginx, whose port is yielded with the bot's pid; stop both at the end. Raise NoProxy."""
    with minimal_slack() as slack, tempfile.TemporaryDirectory(prefix="roleshift-strangers-") as scratch:
        environment = slack.environment(ROLESHIFT_WITH_JOBS="0")
        folder = Path(scratch)
        with running(folder, "bot", "run", env=environment) as bot, proxied(folder / "nginx", bot.port) as port:
            yield Running(bot.pid, port)


async def attacked(target: Running, name: str, seconds: float) -> Seen:
    """Attack for so long from a process of its own, while somebody uses the bot and a supervisor asks how it is."""
    seen, calm = Seen(name), list[float]()

    def command() -> bytes:
        return signed(form("").encode())

    await _probe(target.port, command, calm, CALM)  # what is loaded late is loaded
    seen.calm = statistics.median(calm)
    await asyncio.to_thread(Path(f"/proc/{target.pid}/clear_refs").write_text, "5")  # Linux then starts `VmHWM` anew
    before = target.memory("VmRSS")
    attacker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.attacks", name, str(target.port), str(seconds), cwd=ROOT, stdout=PIPE
    )
    assert attacker.stdout is not None
    await attacker.stdout.readline()  # it has begun
    await asyncio.gather(
        _probe(target.port, command, seen.commands, seconds), _probe(target.port, lambda: HEALTH, seen.health, seconds)
    )
    seen.growth = target.memory("VmHWM") - before
    out, _ = await attacker.communicate()
    seen.sent = int(out)
    return seen


async def _probe(port: int, request: Callable[[], bytes], times: list[float], seconds: float) -> None:
    """Ask again and again, each time over a new connection; no answer counts as a wait for all of PATIENCE."""
    until, tls = time.monotonic() + seconds, trusting()
    while time.monotonic() < until:
        start = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
                writer.write(request())
                answered = b" 200 " in await reader.read(4_096)
                writer.transport.abort()
        except (OSError, TimeoutError):
            answered = False
        times.append(time.monotonic() - start if answered else PATIENCE)
        await asyncio.sleep(GAP)
