"""Keep the temporary files of a test run in memory, where the machine has room: tests wait for the disk otherwise.

SQLite waits for the disk at each commit. What is lost in a power cut is no matter of these tests; a process that is
killed loses nothing here either.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 - Linux's file system in memory
NEEDED = 2 * 1024**3  # bytes; containers often have 64 MB only


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Choose the folder before anything asks for one. Processes that the tests start inherit it."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
