"""`bot play` as a process: it says where to look, and leaves neither a process nor a file behind."""

import asyncio
import re
import signal
import sys
from pathlib import Path

import aiohttp

from tests.end_to_end.process import ROOT, STARTS_WITHIN, STOPS_WITHIN, bare_environment
from tests.processes.observed import EMIL


async def test_play_says_where_to_look_and_leaves_nothing_behind(tmp_path: Path) -> None:
    play = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "play", "--no-browser", "--port", "0"),
        cwd=ROOT,
        env=bare_environment() | {"TMPDIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert play.stdout is not None
        line = (await asyncio.wait_for(play.stdout.readline(), STARTS_WITHIN)).decode()
        found = re.match(r"Try the bot at (http://127\.0\.0\.1:\d+) ", line)
        assert found, line
        async with aiohttp.ClientSession(found[1], headers={"Origin": found[1]}) as page:
            async with page.get("/") as answer:
                assert (answer.status, answer.content_type) == (200, "text/html")
            say = {"as": EMIL, "conversation": "C01GENERAL", "text": "/roleshift"}
            async with page.post("/page/say", json=say) as answer:
                assert await answer.json() == {"ok": True}
        played = children(play.pid)
        assert len(played) == 1
        assert what_is_in(tmp_path)
        play.send_signal(signal.SIGHUP)  # the tests in a browser send SIGTERM
        assert await asyncio.wait_for(play.wait(), STOPS_WITHIN) == 0
        assert not is_there(played[0])
        assert not what_is_in(tmp_path)
    finally:
        if play.returncode is None:
            play.kill()
        await play.wait()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def what_is_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
