"""The container image, where podman or docker has its base image. Elsewhere these tests build nothing and show nothing.

`test_deploy.py` runs the same files without an image.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.driver.standin import StandIn
from tests.end_to_end.process import Process
from tests.ports import free_port

pytestmark = pytest.mark.timeout(600)  # a build downloads and compiles all packages

ROOT = Path(__file__).parent.parent
CONTAINERFILE = ROOT / ".github" / "deploy" / "Containerfile"
BASE = os.environ.get("ROLESHIFT_TEST_BASE_IMAGE")  # default: the official one, if it is on this machine
OFFICIAL = re.findall(r"^FROM (\S+:\S+) AS official$", CONTAINERFILE.read_text(encoding="utf-8"), re.MULTILINE)[0]
EMIL = "U02EMIL"
ENDED_BY_SIGTERM = 128 + signal.SIGTERM


@dataclass(frozen=True)
class Image:
    builder: str
    name: str

    def ask(self, *command: str) -> str:
        return subprocess.run([self.builder, *command], check=True, capture_output=True, text=True).stdout

    def shell(self, script: str) -> str:
        return self.ask("run", "--rm", *self.rights, self.name, "sh", "-c", script)

    @property
    def rights(self) -> list[str]:
        """Return the options with which a container has as few rights as it needs."""
        is_podman = Path(self.builder).name == "podman"  # which leaves /run and /var/tmp writable
        more = ["--read-only-tmpfs=false"] if is_podman else []
        return ["--read-only", *more, "--tmpfs", "/tmp", "--cap-drop", "all"]  # noqa: S108 - in the container


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image | None]:
    """Build the image. Yield None where no builder has the base image."""
    if (builder := _builder()) is None:
        yield None
        return
    built = Image(builder, f"roleshift-test-{tmp_path_factory.getbasetemp().name}")
    options = ["--format", "docker"] if Path(builder).name == "podman" else []
    options += ["--build-arg", f"BASE={BASE}"] if BASE else []
    built.ask("build", *options, "-f", str(CONTAINERFILE), "-t", built.name, str(ROOT))
    yield built
    built.ask("rmi", "-f", built.name)


def _builder() -> str | None:
    for builder in filter(None, map(shutil.which, ("podman", "docker"))):
        known = subprocess.run([builder, "image", "inspect", BASE or OFFICIAL], check=False, capture_output=True)
        if known.returncode == 0:
            return builder
    return None


@dataclass
class Container:
    """A running container. It uses the network of this machine, so that it reaches the emulated Slack."""

    image: Image
    name: str
    process: Process

    def signal(self, number: signal.Signals) -> None:
        self.image.ask("kill", "--signal", number.name, self.name)

    def asked(self, *command: str) -> subprocess.CompletedProcess[str]:
        whole = [self.image.builder, "exec", self.name, *command]
        return subprocess.run(whole, check=False, capture_output=True, text=True)


@contextlib.asynccontextmanager
async def container(image: Image, *command: str, **variables: str) -> AsyncIterator[Container]:
    """Run a command of the image, or its own. It is removed at the end."""
    port = free_port()
    name = f"{image.name}-{port}"
    settings = [f"--env={key}={value}" for key, value in {"PORT": str(port), **variables}.items()]
    run = ["run", "--name", name, "--network", "host", *image.rights, *settings, image.name, *command]
    stderr, stdout = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    started = await asyncio.create_subprocess_exec(image.builder, *run, stderr=stderr, stdout=stdout)
    running = Container(image, name, Process(started, port))
    try:
        yield running
    finally:
        image.ask("rm", "-f", name)
        await running.process.dies()


def test_it_holds_the_bot_and_no_tests_tools_or_secrets(image: Image | None) -> None:
    if image is None:
        return
    assert image.shell("ls -A /app").split() == ["bot", "content", "jobs"]
    assert image.shell("find /app /venv -name '.env*' -o -name .git -o -path '/app/*' -name 'test*.py'") == ""
    assert image.shell("for each in pip gcc cc make git curl; do command -v $each; done; true") == ""
    tried = image.shell("for each in python /usr/local/bin/python; do $each -c 'import pip' 2>&1; done; true")
    assert tried.count("ModuleNotFoundError") == 2
    assert image.shell("find /app -name '*.py' | wc -l") == image.shell("find /app -name '*.pyc' | wc -l")
    made = json.loads(image.ask("image", "inspect", image.name))[0]
    base = json.loads(image.ask("image", "inspect", BASE or OFFICIAL))[0]
    added = {each.partition("=")[0] for each in made["Config"]["Env"]} - {
        each.partition("=")[0] for each in base["Config"]["Env"] or ()
    }
    assert added <= {"PATH", "PORT", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "ROLESHIFT_HOST"}
    assert made["Size"] - base["Size"] < 150_000_000, "the image grew by a tenth"


async def test_it_migrates_serves_works_and_stops_at_sigterm(image: Image | None, empty_postgres: str) -> None:
    if image is None:
        return
    async with StandIn() as slack:
        settings = slack.environment() | {"DATABASE_URL": empty_postgres}
        del settings["SLACK_APP_TOKEN"]  # over HTTP
        async with container(image, "python", "-m", "bot", "migrate", DATABASE_URL=empty_postgres) as migration:
            assert await migration.process.ends(60) == 0, migration.process.text
        async with container(image, **settings) as web, container(image, "python", "-m", "jobs", **settings) as worker:
            for each in (web, worker):
                await each.process.logs("bot.ready")
                async with aiohttp.ClientSession() as session, session.get(f"{each.process.url}/healthz") as answer:
                    assert answer.status == 200
                assert each.asked("cat", "/proc/1/comm").stdout == "python\n"  # it gets the signals itself
                check = json.loads(image.ask("inspect", "--format", "{{json .Config.Healthcheck.Test}}", each.name))
                assert each.asked(*check[1:]).returncode == 0
            slack.deliver_to(f"{web.process.url}/slack/events")
            assert "Done: *" in (await slack.command(EMIL, "/roleshift learn token usage and costs")).text
            for each in (web, worker):
                each.signal(signal.SIGTERM)
                assert await each.process.ends() == 0, each.process.log


async def test_sigterm_ends_a_migration_that_waits_for_its_server(image: Image | None) -> None:
    if image is None:
        return
    called = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        address = f"postgresql://bot@127.0.0.1:{port}/bot?sslmode=disable"
        async with container(image, "python", "-m", "bot", "migrate", DATABASE_URL=address) as migration:
            await called.wait()
            migration.signal(signal.SIGTERM)
            assert await migration.process.ends() == ENDED_BY_SIGTERM, migration.process.text
