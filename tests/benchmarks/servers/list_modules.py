"""Run the real bot, and list the modules that it has loaded when it is told to stop."""

import atexit
import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    into = Path(sys.argv[1])
    atexit.register(lambda: into.write_text("\n".join(sys.modules)))
    sys.argv[1:] = ["run"]
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
