"""Run the real bot. It tells of each commit on standard output, and lists its modules as it stops."""

import atexit
import os
import runpy
import sys
from pathlib import Path

from sqlalchemy import Engine, event

COMMIT = b"commit\n"


def _tell(_connection: object) -> None:
    os.write(sys.stdout.fileno(), COMMIT)


if __name__ == "__main__":
    into = Path(sys.argv[1])
    event.listen(Engine, "commit", _tell)
    atexit.register(lambda: into.write_text("\n".join(sys.modules)))
    sys.argv[1:] = ["run"]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
