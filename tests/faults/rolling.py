"""P1, P3, P7: a rolling deploy: the previous release's web process and worker run beside the new schema and release.

The previous release is a commit before the newest migrations, taken from git's history.
"""

import asyncio
import contextlib
import io
import random
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.end_to_end.process import ROOT, STARTS_WITHIN, Process, process
from tests.faults import kills
from tests.faults.clicks import Clicks, judged, waves
from tests.faults.outage import OneDatabase
from tests.faults.processes import Processes
from tests.faults.stage import Databases, Plan, Stage, stage
from tests.faults.tally import Case, Result
from tests.postgres import running

PREVIOUS = "63341a4"  # its migrations end with 0016
MEMBERS, PER_MINUTE = 90, 90  # so that both releases have tips to send
SENT = 10  # by the worker of each release, at least
WAVES = 6  # of clicks in each step of the deploy
LINES = (
    "", "help", "myrole", "myrole presales engineer", "progress", "record", "tips", "plans", "challenge", "team",
    "admin", "privacy", "audit", "whatsnew", "check", "how do I present figures?", "forget me",
)  # fmt: skip
BROKE = ("Something went wrong", "Nothing was changed")  # what the bot says where a statement fails


async def run(case: Case, _databases: Databases, processes: Processes) -> Result:
    """Deploy the new release step by step while members click and tips are sent."""
    with running() as address, _previous() as old:
        async with contextlib.AsyncExitStack() as started:
            scratch = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="roleshift-rolling-")))
            await _migrate(scratch, address, old)
            plan = Plan(MEMBERS, "postgresql", PER_MINUTE)
            on = await started.enter_async_context(stage(plan, OneDatabase(address), processes))
            del on.settings["PORT"], on.settings["SLACK_APP_TOKEN"]
            deploy = _Deploy(on, scratch, started, random.Random(case.name))  # noqa: S311 - a seed must replay
            await deploy.run(address, old)
            return await deploy.judged(case)


class _Deploy:
    """The steps of a deploy, with clicks in each."""

    def __init__(self, on: Stage, scratch: Path, started: contextlib.AsyncExitStack, draw: random.Random) -> None:
        self._on, self._scratch, self._started, self._draw = on, scratch, started, draw
        self._waves = iter(waves(on, draw))
        self._broken: list[str] = []
        self._processes: dict[str, Process] = {}
        self._clicks = Clicks(on, "")

    async def run(self, address: str, old: Path) -> None:
        """Start the old release, migrate, start the new one beside it, and stop the old one."""
        web = await self._start("old web", "bot", "run", PYTHONPATH=str(old), ROLESHIFT_WITH_JOBS="0")
        worker = await self._start("old worker", "jobs", PYTHONPATH=str(old))
        await self._click(web)
        await _migrate(self._scratch, address, ROOT)
        await self._click(web)
        await self._say_all(web)
        await self._until_sent("old worker", SENT)
        await self._start("new worker", "jobs")
        new_web = await self._start("new web", "bot", "run", ROLESHIFT_WITH_JOBS="0")
        await self._click(new_web)
        await self._click(web)
        for process_ in (worker, web):
            process_.signal(signal.SIGTERM)
            if code := await process_.ends():
                self._broken.append(f"a process of the old release ended with {code}: {process_.text}")
        await self._until_sent("new worker", SENT)
        await self._click(new_web)
        await self._say_all(new_web)

    async def judged(self, case: Case) -> Result:
        """Count what was lost and doubled among tips and clicks, and errors in the logs of both releases."""
        if not await self._on.ended():
            self._broken.append("deliveries have not ended")
        tips = await kills.judged(case, self._on)
        clicks = await judged(case, self._on, self._clicks)
        sent = {f"sent by the {name}": _sent(each) for name, each in self._processes.items() if "worker" in name}
        errors = [
            f"{name} logged: {line}"
            for name, each in self._processes.items()
            for line in each.log
            if line["level"] == "error" and line["event"] != "library.said"
        ]
        return Result(
            case.name, tips.counts | clicks.counts | sent, self._broken + tips.broken + clicks.broken + errors
        )

    async def _start(self, name: str, *command: str, **variables: str) -> Process:
        running_ = process(self._scratch, *command, **(self._on.settings | variables))
        started = self._processes[name] = await self._started.enter_async_context(running_)
        await started.logs("bot.ready")
        return started

    async def _click(self, web: Process) -> None:
        self._clicks.delivery = self._on.slack.deliver_to(f"{web.url}/slack/events")
        for _ in range(WAVES):
            await asyncio.gather(*(self._clicks.click(what, self._draw) for what in next(self._waves)))

    async def _say_all(self, web: Process) -> None:
        """Let a member who does nothing else type every command. Each is answered, and no answer is an apology."""
        workspace = self._on.slack.workspace
        person = workspace.person(self._on.members[-1].member_id)
        delivery = self._on.slack.deliver_to(f"{web.url}/slack/events")
        for line in LINES:
            payload = self._clicks.payloads().command(person, workspace.dm(person.id), "/roleshift", line)
            answer = await delivery.send("slash_commands", payload)
            if answer.failure or any(words in str(answer.body) for words in BROKE):
                self._broken.append(f"/roleshift {line} was answered with {answer}")

    async def _until_sent(self, name: str, count: int) -> None:
        async def enough() -> bool:
            return _sent(self._processes[name]) >= count

        if not await self._on.until(enough, STARTS_WITHIN):
            self._broken.append(f"the {name} sent only {_sent(self._processes[name])}")


def _sent(worker: Process) -> int:
    """Count the deliveries in a worker's log. The old release has one line for each."""
    sent = [line for line in worker.log if line["event"] in {"delivery.sent", "deliveries.sent"}]
    return sum(len(line.get("deliveries", [line])) for line in sent)


async def _migrate(scratch: Path, address: str, release: Path) -> None:
    variables = {"PYTHONPATH": str(release), "DATABASE_URL": address}
    async with process(scratch, "bot", "migrate", **variables) as migrating:
        assert await migrating.ends(STARTS_WITHIN) == 0, migrating.text


@contextlib.contextmanager
def _previous() -> Iterator[Path]:
    """Write the previous release to a folder."""
    with tempfile.TemporaryDirectory(prefix="roleshift-previous-") as folder:
        archive = ["git", "-C", str(ROOT), "archive", PREVIOUS, "bot", "jobs", "content", "pyproject.toml"]
        found = subprocess.run(archive, capture_output=True, check=False)
        assert found.returncode == 0, f"git has no commit {PREVIOUS}: a shallow clone? {found.stderr.decode()}"
        with tarfile.open(fileobj=io.BytesIO(found.stdout)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)
