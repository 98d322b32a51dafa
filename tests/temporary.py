"""Where a run keeps its files: temporary ones in memory, where the machine has room, and bytecode beside the code.

Tests wait for the disk otherwise: SQLite does at each commit. What is lost in a power cut is no matter of these tests;
a process that is killed loses nothing here either.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 - Linux's file system in memory
NEEDED = 2 * 1024**3  # bytes; containers often have 64 MB only


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Choose before anything asks. Processes that the tests start inherit it.

    Without bytecode, each of these hundred processes would compile every file again.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
