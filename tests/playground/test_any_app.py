"""`python -m bot.playground.emulator` runs an app that knows nothing of it, as real processes."""

import asyncio
import json
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import copytree
from typing import Any

import aiohttp
import playwright
import pytest
import yaml

from bot.playground.emulator.__main__ import main
from bot.playground.emulator.block_kit import BELOW_ANSWERS, BLOCKS, MENUS, MULTI, ONLY_IN_MODALS, PRESSED
from bot.playground.emulator.people import read_roster
from bot.playground.emulator.web_api import METHODS
from tests.end_to_end.process import running_python
from tests.ports import free_port

ROOT, HELLO = Path(__file__).parents[2], Path(__file__).parent / "hello"
EMULATOR = ("-m", "bot.playground.emulator")
NODE = str(Path(playwright.__file__).parent / "driver" / "node")  # that of Playwright, as a machine may have none
PATIENCE = 120  # seconds, on a busy machine
APP = ("--manifest", str(HELLO / "manifest.json"), "--people", str(HELLO / "people.yaml"), "--")
Json = dict[str, Any]


@asynccontextmanager
async def page_of(process: asyncio.subprocess.Process) -> AsyncIterator[aiohttp.ClientSession]:
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    assert line.startswith("Try hello at http://127.0.0.1:"), line
    url = line.split()[-1]
    async with aiohttp.ClientSession(url, headers={"Origin": url}) as session:
        yield session


async def state(page: aiohttp.ClientSession) -> Json:
    async with page.get("/page/state") as answer:
        found: Json = await answer.json()
        return found


async def post(page: aiohttp.ClientSession, path: str, body: Json) -> None:
    async with page.post(path, json=body) as answer:
        assert await answer.json() == {"ok": True}


def texts(found: Json) -> list[str]:
    (channel,) = (c["id"] for c in found["conversations"] if c["kind"] == "channel")
    return [message["text"] for message in found["messages"][channel]]


async def until_said(page: aiohttp.ClientSession, count: int) -> list[str]:
    """Return the channel's messages once there are this many. Each round asks the other process."""
    async with asyncio.timeout(PATIENCE):
        while len(said := texts(await state(page))) < count:
            pass
    return said


def copied(into: Path) -> Path:
    """Return a folder that has the emulator and nothing else of the project."""
    for name in ("emulator", "page"):
        copytree(ROOT / "bot" / "playground" / name, into / "bot" / "playground" / name)
    return into


async def test_an_app_of_twenty_lines_is_started_answers_and_is_stopped_without_the_rest_of_the_project(
    tmp_path: Path,
) -> None:
    command, folder = (*EMULATOR, *APP, sys.executable, str(HELLO / "app.py")), copied(tmp_path / "two words")
    async with running_python(*command, folder=folder) as process, page_of(process) as page:
        found = await state(page)
        ada, channel = found["me"]["id"], found["conversations"][0]["id"]
        assert [person["name"] for person in found["people"]] == ["Ada Fischer", "Ben Okafor"]
        assert found["workspace"]["name"] == "Two of us"
        assert found["bot"]["description"] == "Says hello to everybody."
        await post(page, "/page/say", {"as": ada, "conversation": channel, "text": "/hello"})
        assert sorted(await until_said(page, 2)) == [f"Hello, <@{ada}>!", "Somebody said hello."]
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def test_an_app_behind_a_request_url_gets_no_app_token_and_listens_before_its_page_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-of-another-app")
    port = free_port()
    app = f"""
import http.server, os, time
assert "SLACK_APP_TOKEN" not in os.environ
time.sleep(0.2)
http.server.HTTPServer(("127.0.0.1", {port}), http.server.BaseHTTPRequestHandler).serve_forever()
"""
    request_url = "--request-url", f"http://127.0.0.1:{port}/slack/events"
    by_script = "sh", "-c", f'{sys.executable} -c "$0"; true', app
    async with running_python(*EMULATOR, *request_url, *APP, *by_script) as process, page_of(process):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_the_client_of_slack_for_node_calls_the_emulator(tmp_path: Path) -> None:
    folder, port = copied(tmp_path), free_port()
    (client := folder / "node_modules" / "@slack" / "web-api.js").parent.mkdir(parents=True)
    client.write_text("exports.WebClient = class { constructor(_, { slackApiUrl }) { this.url = slackApiUrl; } };")
    script = f"""
const {{ url }} = new (require("@slack/web-api").WebClient)();
if (url === process.env.SLACK_API_URL) require("http").createServer().listen({port}, "127.0.0.1");
"""
    app = ("--request-url", f"http://127.0.0.1:{port}", "--", NODE, "-e", script)
    async with running_python(*EMULATOR, *APP[:2], *app, folder=folder) as process, page_of(process):
        pass


def test_what_the_emulator_can_do_stands_in_its_readme() -> None:
    text = (ROOT / "bot/playground/emulator/README.md").read_text(encoding="utf-8")
    named = [*METHODS, *BLOCKS, *PRESSED, *MENUS, *MULTI, *ONLY_IN_MODALS, *BELOW_ANSWERS]
    assert [name for name in named if not re.search(rf"\b{re.escape(name)}\b", text)] == []


async def test_an_app_with_a_manifest_in_yaml_starts_again_when_its_code_changes(tmp_path: Path) -> None:
    manifest = yaml.safe_dump(json.loads((HELLO / "manifest.json").read_text()) | {"settings": None})
    (tmp_path / "manifest.yaml").write_text(manifest)
    (app := tmp_path / "app.py").write_text("This is no Python.")
    options = ("--manifest", str(tmp_path / "manifest.yaml"), *APP[2:4], "--run-in", str(tmp_path), "--reload")
    async with running_python(*EMULATOR, *options, "--", sys.executable, "app.py") as process:
        assert process.stderr
        while b"SyntaxError" not in await process.stderr.readline():
            pass
        app.write_text((HELLO / "app.py").read_text())
        async with page_of(process) as page:
            found = await state(page)
            ada, channel = found["me"]["id"], found["conversations"][0]["id"]
            await post(page, "/page/say", {"as": ada, "conversation": channel, "text": "/hello"})
            before = await until_said(page, 2)
            app.write_text((HELLO / "app.py").read_text().replace("Hello, ", "Good morning, "))
            while b"Changed: app.py. The app starts again." not in await process.stderr.readline():
                pass
            while (await state(page))["connected"]:
                pass
            while not (await state(page))["connected"]:
                pass
            await post(page, "/page/say", {"as": ada, "conversation": channel, "text": "/hello"})
            said = await until_said(page, 4)
        assert said[:2] == before, "what was said stays"
        assert f"Good morning, <@{ada}>!" in said[2:]
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


def test_a_mistake_in_the_arguments_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (wrong := tmp_path / "manifest.json").write_text("{}")
    (broken := tmp_path / "broken.yaml").write_text("features: [")
    (misshapen := tmp_path / "misshapen.yml").write_text("features: [none]")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments, reason in (
            (("--manifest", str(wrong), "--", "true"), f"{wrong}: the manifest needs `display_information.name`"),
            (("--manifest", str(broken), "--", "true"), f"{broken}: not valid YAML"),
            (("--manifest", str(misshapen), "--", "true"), f"{misshapen}: a part has another shape"),
            ((*APP[:2], "--people", str(broken), "--", "true"), f"{broken}: not valid YAML"),
            (("--port", port, *APP, "true"), "Address already in use"),
            ((*APP, "no-such-program"), "No such file or directory: 'no-such-program'"),
            (("--run-in", str(tmp_path / "none"), *APP, "true"), "No such file or directory"),
        ):
            with pytest.raises(SystemExit, match=r"^2$"):
                main(list(arguments))
            assert reason in capfd.readouterr().err


def test_a_mistake_in_the_people_is_named(tmp_path: Path) -> None:
    for text, reason in (
        ("[", "not valid YAML"),
        ("people: []", "needs a list .people."),
        ("people: [Ada]", "person 1: needs a .name."),
        ("people: [{name: Ada, zone: Nowhere}]", "'Nowhere' is not a time zone"),
        ("people: [{name: Ada, kind: king}]", "person 1: .kind. is one of owner"),
        ("people: [{name: Ada, age: 36}]", "person 1: unknown age"),
        ("people: [{name: Ada}]\nchannels: [{topic: x}]", "channel 1: needs a .name."),
    ):
        (path := tmp_path / "people.yaml").write_text(text)
        with pytest.raises(ValueError, match=reason):
            read_roster(path)
