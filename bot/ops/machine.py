"""Check this machine: the disk with the SQLite file, and the limit of open files."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from threading import Thread
from typing import ParamSpec, TypeVar

from bot.ops.findings import Finding, fault, ok, warning

P = ParamSpec("P")
T = TypeVar("T")

DISK, FILES = "disk", "open files"
MB = 1_000_000
MIN_FREE, LITTLE_FREE = 50 * MB, 500 * MB
ENOUGH_FILES = 1_000  # connections of a proxy, the database, and calls to Slack
PROBE = bytes(64 * 1024)  # a quota shows only when something is written


def disk_findings(database: Path) -> Iterator[Finding]:
    """Yield what there is to say about the folder of the SQLite file. A file without a name is written and dropped."""
    folder = database.absolute().parent
    if not folder.is_dir():
        yield fault(DISK, f"There is no folder {folder}.", "Create it, or correct the path in DATABASE_URL.")
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(PROBE)
            probe.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield fault(
            DISK,
            f"Nothing can be written in {folder} ({error.strerror}).",
            "Let the bot's user write there, free some space, or name another folder in DATABASE_URL.",
        )
    else:
        yield _room(folder, free)


def _room(folder: Path, free: int) -> Finding:
    says, fix = f"{free // MB} MB are free in {folder}.", "Free some space, or move the database to another disk."
    if free < MIN_FREE:
        return fault(DISK, says, fix)
    return warning(DISK, says, fix) if free < LITTLE_FREE else ok(DISK, says)


def open_files_finding() -> Finding:
    """Return whether the process may open enough files to serve many connections."""
    limit, _ = getrlimit(RLIMIT_NOFILE)
    if limit == RLIM_INFINITY or limit >= ENOUGH_FILES:
        return ok(FILES, "The limit suffices." if limit == RLIM_INFINITY else f"The limit of {limit} suffices.")
    return warning(
        FILES,
        f"The limit of {limit} allows few connections to the web server.",
        f"Raise it to {ENOUGH_FILES} or more: `LimitNOFILE` in the systemd unit, or `ulimit -n`.",
    )


class DaemonThreads(ThreadPoolExecutor):
    """An executor with a new daemon thread for each call.

    asyncio looks names up in a thread, and both it and Python wait at the end for the threads of their own executor.
    A name server that hangs would hold `check` up for as long.
    """

    def submit(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a call."""
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = call(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
                future.set_exception(error)
            else:
                future.set_result(result)

        Thread(target=run, daemon=True).start()
        return future
