"""A PostgreSQL server that keeps what it confirmed, even in a crash. A test stops, starts, copies and promotes it."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port
from tests.postgres import Owner, environment, find_owner, find_programs, make_cluster, make_reachable, wait_until_ready

STOPS_WITHIN = 30  # seconds
SETTINGS = {"fsync": "on", "synchronous_commit": "on", "max_connections": "60", "shared_buffers": "32MB"}
STANDBY = "standby"
# A commit is confirmed once the standby has it on its disk too.
SYNCHRONOUS = f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'"


@dataclass
class Cluster:
    """A server with its data in `folder / "data"`. Nothing runs until `start`."""

    home: Path  # of PostgreSQL's programs
    folder: Path
    owner: Owner
    port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict)
    _copies: list["Cluster"] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it takes connections. After a crash it recovers first."""
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        options = [part for name, value in {**SETTINGS, **self.settings}.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [
            self.home / "postgres",
            "-D",
            "data",
            "-p",
            str(self.port),
            "-h",
            "127.0.0.1",
            "-k",
            "",
            *options,
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment(self.folder), cwd=self.folder, **self.owner
            )
        wait_until_ready(self._process, self.folder)

    def crash(self) -> None:
        """Stop the server at once, as a power failure does: no connection is told, nothing more is written."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop the server if it runs, and its copies."""
        for each in self._copies:
            each.stop()
        if self._process is not None:
            self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(STOPS_WITHIN)
        self._process = None

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop all processes of the server with SIGSTOP, and let them go on at the end."""
        assert self._process is not None
        pids = _with_children(self._process.pid)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(pids):
                os.kill(pid, signal.SIGCONT)

    def copy(self) -> "Cluster":
        """Copy the running server's data. The copy follows this server from its start on, as a standby."""
        folder = self.folder.with_name(f"{self.folder.name}-copy")
        folder.mkdir()
        if self.owner:
            os.chown(folder, self.owner["user"], self.owner["group"])
        copied_from = f"host=127.0.0.1 port={self.port} user=postgres application_name={STANDBY}"
        self._run("pg_basebackup", "-d", copied_from, "-D", str(folder / "data"), "-R", "-c", "fast", "-X", "stream")
        self._copies.append(Cluster(self.home, folder, self.owner))
        return self._copies[-1]

    def promote(self, port: int) -> None:
        self.stop()
        self.port = port
        self.start()
        self._run("pg_ctl", "promote", "-D", str(self.folder / "data"), "-w")

    def _run(self, program: str, *arguments: str) -> None:
        command: list[str | Path] = [self.home / program, *arguments]
        subprocess.run(
            command, env=environment(self.folder), cwd=self.folder, check=True, capture_output=True, **self.owner
        )


def _with_children(pid: int) -> list[int]:
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


@contextlib.contextmanager
def cluster(settings: Mapping[str, str]) -> Iterator[Cluster]:
    """Start a durable server with these settings besides. Stop it and its copies at the end. Raise Unavailable."""
    with tempfile.TemporaryDirectory(prefix="roleshift-cluster-") as scratch:
        owner, folder = find_owner(), Path(scratch) / "first"
        folder.mkdir()
        for each in (Path(scratch), folder):
            if owner:
                os.chown(each, owner["user"], owner["group"])
        home = make_reachable(find_programs(), folder, owner)
        make_cluster(home, folder, owner)
        first = Cluster(home, folder, owner, settings=settings)
        first.start()
        try:
            yield first
        finally:
            first.stop()
