"""Run the emulator alone, for tests that start it as a process: `python -m tests.driver [--control] …`."""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tests.driver.generated import generated
from tests.driver.standin import StandIn


async def _run(arguments: argparse.Namespace) -> None:
    rosters = [generated(arguments.members, f"T{number}") for number in range(arguments.workspaces)]
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    options = {"posts_file": arguments.posts_file, "control": arguments.control}
    async with StandIn(*rosters, port=arguments.port, **options) as slack:
        if arguments.deliver_to:
            slack.deliver_to(arguments.deliver_to)
        tokens = {workspace.id: workspace.bot_token for workspace in slack.workspaces.values()}
        where = {"url": slack.url, "environment": slack.environment(), "bot_tokens": tokens}
        print(json.dumps(where), flush=True)  # noqa: T201 -- the one line that the starter reads
        await stop.wait()


def main() -> None:
    """Run an emulator until SIGTERM; its first line of output holds its address and its tokens."""
    parser = argparse.ArgumentParser(prog="python -m tests.driver", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control", action="store_true", help="allow /control/…")
    parser.add_argument("--posts-file", type=Path, help="append every accepted post to this file, a line each")
    parser.add_argument("--deliver-to", help="send payloads to this request url instead of Socket Mode")
    parser.add_argument("--workspaces", type=int, default=0, help="generated workspaces instead of the sample one")
    parser.add_argument("--members", type=int, default=10, help="of each generated workspace")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
