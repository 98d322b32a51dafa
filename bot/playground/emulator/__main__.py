"""Run any Slack app: `python -m bot.playground.emulator --manifest manifest.json -- python app.py`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from pathlib import Path

from bot.playground.emulator.app_runner import AppRunner
from bot.playground.emulator.emulator import Emulator
from bot.playground.emulator.manifest import SlackApp, read_manifest
from bot.playground.emulator.people import Roster, default_roster, read_roster
from bot.playground.page.endpoints import ClockMoves, Page

HERE = Path(__file__).parent
POINTS_TO_US = HERE / "base_address"  # what makes Slack's clients in the app call the emulator


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM (0), or until the app ends by itself (1); 2 means a mistake in the arguments."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        with _naming(options.manifest):
            app = read_manifest(options.manifest)
        with _naming(options.people):
            roster = read_roster(options.people) if options.people else default_roster()
    except (OSError, ValueError) as error:
        parser.error(f"{error}")
    try:
        return asyncio.run(_run(app, roster, options))
    except OSError as error:  # a port that can't be used, a command or a folder that is not there
        parser.error(f"{error}")


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the file in which a mistake is."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot.playground.emulator", description="Run a Slack app in an emulated Slack on this computer."
    )
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest, in YAML or JSON")
    parser.add_argument("--people", type=Path, help="a YAML file of people and channels; default: three people")
    parser.add_argument("--port", type=int, default=0, help="of the page; default: a free one")
    parser.add_argument("--request-url", help="send payloads there by HTTP; default: Socket Mode")
    parser.add_argument("--run-in", type=Path, help="the folder in which the app starts; default: this one")
    parser.add_argument(
        "--reload", action="store_true", help="start the app again when source code in its folder changes"
    )
    parser.add_argument("command", nargs="+", help="the command that starts the app, after --")
    return parser


async def _run(app: SlackApp, roster: Roster, options: argparse.Namespace) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    slack = Emulator(app, roster, port=options.port)
    if options.request_url:
        slack.deliver_to(options.request_url)

    command: list[str] = options.command
    if options.reload:
        command = [sys.executable, str(HERE / "reload.py"), ".", *command]

    async def start() -> Process:
        # The app writes to our standard error: our standard output holds the page's address alone.
        environment = {**os.environ, **slack.environment()}
        if options.request_url:
            environment.pop("SLACK_APP_TOKEN", None)  # an app that has one prefers Socket Mode
        environment["PYTHONPATH"] = os.pathsep.join([str(POINTS_TO_US), *filter(None, [os.environ.get("PYTHONPATH")])])
        preload = f'--require "{(POINTS_TO_US / "preload.cjs").as_posix()}"'
        environment["NODE_OPTIONS"] = f"{os.environ.get('NODE_OPTIONS', '')} {preload}"
        return await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=options.run_in, stdout=sys.stderr, start_new_session=True
        )

    def ready() -> None:
        sys.stdout.write(f"Try {app.name} at {slack.url}\n")
        sys.stdout.flush()

    runner = AppRunner(slack, start, ready, waits_for_repair=options.reload)
    slack.add(Page(slack, ClockMoves(slack), runner.reset))
    async with slack:
        if await runner.run(stop):
            return 0
    sys.stderr.write("The app ended by itself, or it never connected.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
