"""The bot as users start it: a process of its own, which gets its settings from the environment only."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.driver.standin import StandIn
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
# Seconds. Both are only there to end a test that would wait for ever: a busy machine may be slow.
STOPS_WITHIN = 60
STARTS_WITHIN = 120


class Process:
    """A running `python -m …`; what it logs is read as it comes."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{port}"
        self.log: list[dict[str, Any]] = []
        self.other_lines: list[str] = []
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def text(self) -> str:
        """Return what it printed besides the log, such as why it could not start."""
        return "\n".join(self.other_lines)

    @property
    def ended(self) -> bool:
        return self._process.returncode is not None

    async def logs(self, event: str) -> dict[str, Any]:
        async with asyncio.timeout(STARTS_WITHIN), self._news:
            await self._news.wait_for(lambda: self._reading.done() or self._logged(event))
        assert self._logged(event), f"it ended without {event}: {self.log} {self.text}"
        return next(line for line in self.log if line["event"] == event)

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ends(self, within: float = STOPS_WITHIN) -> int:
        """Wait for its exit code. It must come, however slow the machine is."""
        async with asyncio.timeout(within):
            code = await self._process.wait()
        await self._reading
        return code

    async def dies(self) -> None:
        """Kill it, so that it finishes nothing."""
        if not self.ended:
            self._process.kill()
        await self._process.wait()
        await self._reading

    def _logged(self, event: str) -> bool:
        return any(line["event"] == event for line in self.log)

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            async with self._news:
                try:
                    self.log.append(json.loads(line))
                except ValueError:
                    self.other_lines.append(line.decode().rstrip())
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()


@contextlib.asynccontextmanager
async def process(folder: Path, *command: str, **variables: str) -> AsyncIterator[Process]:
    """Run `python -m …command` in its own working folder, with these variables and no other settings of the bot.

    If it still runs at the end, it is killed.
    """
    async with _started(folder, command, variables, asyncio.subprocess.DEVNULL) as running:
        yield running


@contextlib.asynccontextmanager
async def process_in_a_terminal(folder: Path, *command: str, **variables: str) -> AsyncIterator[Process]:
    """Do the same with a terminal as standard input, and heed SIGHUP even if the tests run under nohup."""
    ours, terminal = os.openpty()
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        async with _started(folder, command, variables, terminal) as running:
            yield running
    finally:
        signal.signal(signal.SIGHUP, before)
        os.close(ours)
        os.close(terminal)


@contextlib.asynccontextmanager
async def _started(
    folder: Path, command: tuple[str, ...], variables: dict[str, str], stdin: int
) -> AsyncIterator[Process]:
    port = free_port()
    given = {"PORT": str(port), "ROLESHIFT_HOST": "127.0.0.1", **variables}
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command,
        cwd=folder,
        env=bare_environment() | {"PYTHONPATH": str(ROOT)} | given,
        stdin=stdin,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    running = Process(started, port)
    try:
        yield running
    finally:
        await running.dies()


@contextlib.asynccontextmanager
async def bot(
    slack: StandIn, folder: Path, database: str, *, http: bool = False, stops_soon: bool = False, **more: str
) -> AsyncIterator[Process]:
    """Run the bot, ready for requests from `slack`. At the end it is told to stop, and must do so.

    It waits long for its database and for Slack, as a busy machine may be slow; with `stops_soon`, not at a stop.
    """
    variables = slack.environment() | {"DATABASE_URL": database} | more
    if http:
        del variables["SLACK_APP_TOKEN"]
    options = ("--stops-soon",) if stops_soon else ()
    async with process(folder, "tests.patience", *options, "bot", "run", **variables) as running:
        await running.logs("bot.ready")
        if http:
            slack.deliver_to(f"{running.url}/slack/events")
        else:
            await slack.socket.linked.wait()
        yield running
        if not running.ended:
            running.signal(signal.SIGTERM)
            assert await running.ends() == 0, running.text
        ours = [line for line in running.log if line["event"] != "library.said"]
        assert not [line for line in ours if line["level"] == "error"], running.log


@contextlib.asynccontextmanager
async def running_python(*words: str, folder: Path = ROOT, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python …words`, with more variables, for a test that reads what it prints. At the end it is told to stop."""
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, **more}
    started = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=folder, env=environment, stdout=pipe, stderr=pipe
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()  # killed, it would leave its own processes behind
        await asyncio.wait_for(started.communicate(), STARTS_WITHIN)


@contextlib.asynccontextmanager
async def playground(*before: str) -> AsyncIterator[str]:
    """Run a playground as the README says, and yield its address. `before`: a module that starts it."""
    words = ("-m", *before, "bot", "play", "--no-browser", "--port", "0")
    started = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert started.stdout is not None
    line = (await asyncio.wait_for(started.stdout.readline(), STARTS_WITHIN)).decode()
    found = re.search(r"http://\S+?(?=\.? )", line)
    assert found, line
    yield found[0]
    started.terminate()
    assert await asyncio.wait_for(started.wait(), STOPS_WITHIN) == 0


def bare_environment() -> dict[str, str]:
    """Return the environment that any process needs, without the developer's settings of the bot."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
