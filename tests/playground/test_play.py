"""`python -m bot play` starts an emulated Slack and a bot, prints the address, and leaves nothing behind."""

import asyncio
import os
import re
import signal
import socket
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp
import pytest

from bot.playground.demo import play
from tests.driver.standin import StandIn
from tests.end_to_end.process import running_python

PATIENCE = 120  # seconds, on a busy machine
# The smallest bot there is: it links itself, writes down where it is, and answers.
BOT = """
import asyncio, os, pathlib
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
async def main():
    app = AsyncApp(client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]))
    pathlib.Path(os.environ["WHERE"]).write_text(f"{os.getpid()} {os.environ['ROLESHIFT_CLOCK']}")
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()
asyncio.run(main())
"""
DEAF_BOT = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + BOT
DYING_BOT = "print('first words'); raise SystemExit('SLACK_BOT_TOKEN is missing')"
PLAY = (
    "import sys; from bot.playground.demo.play import play; from bot.playground.emulator import app_runner; "
    "app_runner.STOP_SECONDS = 0.5; sys.exit(play({port}, open_browser=False, command={command}))"
)


def playing(bot: str, where: Path, port: int = 0) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    return running_python("-c", PLAY.format(port=port, command=(sys.executable, "-c", bot)), WHERE=str(where))


async def address(process: asyncio.subprocess.Process, why: str = "") -> str:
    """Return the address in the first line, which is printed once the bot is connected."""
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    said = re.fullmatch(
        r"Try the bot at (http://127\.0\.0\.1:\d+)(.*)\. Ctrl-C stops it, and nothing of it is kept\.\n", line
    )
    assert said, line
    assert said[2] == why
    return said[1]


async def test_it_says_where_the_page_is_and_stops_even_a_bot_that_is_deaf(tmp_path: Path) -> None:
    where = tmp_path / "where"
    async with playing(DEAF_BOT, where) as process:
        url = await address(process)
        async with aiohttp.ClientSession() as session, session.get(f"{url}/page/state") as answer:
            assert (await answer.json())["connected"]
        pid, clock = where.read_text().split()
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
        assert not Path(clock).parent.exists()
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


async def test_a_bot_that_dies_says_why(tmp_path: Path) -> None:
    async with playing(DYING_BOT, tmp_path / "where") as process:
        out, errors = await process.communicate()
    assert process.returncode == 1
    assert out == b""
    start = "Starting a sample Slack, and the bot with a past of thirteen weeks. This takes a few seconds."
    words = [start, "The bot did not stay up. Its last words:", "first words", "SLACK_BOT_TOKEN is missing"]
    assert errors.decode().splitlines() == words


async def test_a_taken_port_is_no_obstacle_and_a_bot_that_dies_ends_the_play(tmp_path: Path) -> None:
    where = tmp_path / "where"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with playing(BOT, where, port) as process:
            assert not (await address(process, f" (port {port} can't be used)")).endswith(f":{port}")
            os.kill(int(where.read_text().split()[0]), signal.SIGKILL)
            assert await process.wait() == 1


async def test_the_bot_never_meets_the_users_own_slack(tmp_path: Path) -> None:
    async with StandIn(clock_file=tmp_path / "clock") as slack:
        own = {"PATH": "/bin", "SLACK_CLIENT_ID": "real", "SLACK_BOT_TOKEN": "real", "DATABASE_URL": "postgres://real"}
        environment = play.bot_environment(slack, tmp_path, own | {"ROLESHIFT_WORKERS": "9"})
        assert "real" not in environment.values()
        assert environment["SLACK_API_URL"] == slack.api_url
        packed = play.bot_environment(slack, tmp_path, {"ROLESHIFT_CONTENT": f"ours{os.pathsep}/theirs"})
        assert packed["ROLESHIFT_CONTENT"] == f"{Path.cwd()}/ours{os.pathsep}/theirs", "the bot runs in another folder"
    assert sorted(environment) == [
        "DATABASE_URL", "PATH", "PORT", "ROLESHIFT_CLOCK", "ROLESHIFT_CONTENT", "ROLESHIFT_HOST",
        "ROLESHIFT_REQUESTS_PER_MINUTE", "ROLESHIFT_WITH_JOBS", "SLACK_API_URL", "SLACK_APP_TOKEN", "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
    ]  # fmt: skip


@pytest.mark.parametrize(("display", "opened"), [(":0", ["http://here"]), ("", [])])
def test_a_browser_opens_only_where_there_is_a_display(
    monkeypatch: pytest.MonkeyPatch, display: str, opened: list[str]
) -> None:
    pages: list[str] = []
    monkeypatch.setattr("webbrowser.open", pages.append)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    play._announce("http://here", refused=0, open_browser=True)
    play._announce("http://there", refused=3838, open_browser=False)
    assert pages == opened
