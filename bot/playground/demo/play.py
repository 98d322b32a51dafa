"""`python -m bot play`: start an emulated Slack with the bot in it, print the page's address, and stop both."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import socket
import sys
import tempfile
import webbrowser
from asyncio.subprocess import Process
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import TextIO

from bot.playground.demo.guide import first_steps
from bot.playground.demo.sample import fresh_sample, post_chatter, sample
from bot.playground.demo.travel import Travel
from bot.playground.emulator.app_runner import AppRunner
from bot.playground.emulator.emulator import Emulator
from bot.playground.emulator.manifest import read_manifest
from bot.playground.emulator.people import Roster
from bot.playground.page.endpoints import Page
from bot.run.logs import JsonFormatter

ROOT = Path(__file__).resolve().parents[3]
# `bot run`, once its database holds a past.
START_COMMAND = (sys.executable, "-m", "bot.playground.demo.past")
FRESH_COMMAND = (sys.executable, "-m", "bot", "run")
# The user's own settings of the bot: the playground's must not meet the real Slack.
OWN_SETTINGS = ("SLACK_", "ROLESHIFT_")
CONTENT = "ROLESHIFT_CONTENT"  # kept: a team tries its own content here
TAIL_LINES = 30
DATABASE = "roleshift.db"


def play(port: int = 3838, *, open_browser: bool = True, command: tuple[str, ...] = START_COMMAND) -> int:
    """Run the demo until Ctrl-C, SIGTERM or a closed terminal (exit code 0), or until the bot dies (exit code 1)."""
    past = "as just installed" if command == FRESH_COMMAND else "with a past of thirteen weeks"
    with tempfile.TemporaryDirectory(prefix="roleshift-") as folder, contextlib.suppress(KeyboardInterrupt):
        _say(f"Starting a sample Slack, and the bot {past}. This takes a few seconds.", sys.stderr)
        return asyncio.run(_play(port, Path(folder), open_browser=open_browser, command=command))
    return 0


async def _play(port: int, folder: Path, *, open_browser: bool, command: tuple[str, ...]) -> int:
    stop = asyncio.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # SIGHUP: the terminal was closed
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt instead
            number = getattr(signal, name, signal.SIGTERM)  # Windows has no SIGHUP
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    log = folder / "bot.log"
    handler = logging.FileHandler(folder / "jobs.log")  # of this process: the terminal does not show it
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    slack = _emulator(fresh_sample() if command == FRESH_COMMAND else sample(), port, folder / "clock")
    travel = Travel(slack)
    environment = bot_environment(slack, folder, os.environ)

    async def start() -> Process:
        remove_database(folder)
        if command != FRESH_COMMAND:
            post_chatter(slack.workspace)
        bot = await _start(command, environment, log)
        importlib.import_module("bot.playground.demo.worker")  # takes half a second, in which the bot starts
        return bot

    def work() -> AbstractAsyncContextManager[object]:
        from bot.playground.demo.worker import at_work  # noqa: PLC0415 - as above

        return travel.following(at_work(slack, environment["DATABASE_URL"]))

    def ready() -> None:
        _announce(slack.url, refused=0 if slack.server.port == port else port, open_browser=open_browser)

    runner = AppRunner(slack, start, ready, work)
    slack.add(Page(slack, travel, runner.reset, partial(first_steps, travel)))
    async with slack:
        if await runner.run(stop):
            return 0
    tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    _say("\n".join(["The bot did not stay up. Its last words:", *tail]), sys.stderr)
    return 1


def remove_database(folder: Path) -> None:
    """Remove the bot's database, with SQLite's own files beside it, so that the bot begins afresh."""
    for file in folder.glob(f"{DATABASE}*"):
        file.unlink()


def _emulator(people: Roster, port: int, clock: Path) -> Emulator:
    app = read_manifest(ROOT / "manifest.json")
    try:
        return Emulator(app, people, port=port, clock_file=clock)
    except OSError:  # another program uses the port: take a free one
        return Emulator(app, people, clock_file=clock)


def bot_environment(slack: Emulator, folder: Path, own: Mapping[str, str]) -> dict[str, str]:
    """Return the user's environment, with the playground's settings of the bot in place of the user's."""
    kept = {name: value for name, value in own.items() if not name.startswith(OWN_SETTINGS)}
    packs = [str(Path(folder).absolute()) for folder in own.get(CONTENT, "").split(os.pathsep) if folder]
    return kept | {
        CONTENT: os.pathsep.join(packs),
        **slack.environment(),
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
        "PORT": str(_free_port()),
        "ROLESHIFT_CLOCK": str(slack.clock.path),
        "ROLESHIFT_HOST": "127.0.0.1",
        "ROLESHIFT_WITH_JOBS": "0",  # the playground does them itself: it must know when they are done
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


async def _start(command: tuple[str, ...], environment: dict[str, str], log: Path) -> Process:
    """Start the bot in its own session: Ctrl-C in the terminal then does not reach it, and the playground stops it."""
    with log.open("wb") as output:
        return await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )


def _announce(url: str, *, refused: int, open_browser: bool) -> None:
    why = f" (port {refused} can't be used)" if refused else ""
    _say(f"Try the bot at {url}{why}. Ctrl-C stops it, and nothing of it is kept.")
    has_display = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if open_browser and has_display:
        webbrowser.open(url)


def _say(text: str, stream: TextIO = sys.stdout) -> None:
    stream.write(f"{text}\n")
    stream.flush()
