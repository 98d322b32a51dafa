"""Run a command, and run it again whenever source code below a folder changes: `python reload.py folder command …`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from watchfiles import Change, DefaultFilter, run_process

SOURCES = (".py", ".js", ".cjs", ".mjs", ".ts")  # not what an app may write itself, such as its data


class SourceCode(DefaultFilter):
    """Leaves out what is no source code, and what others wrote: virtual environments, node_modules, version control."""

    def __call__(self, change: Change, path: str) -> bool:
        return path.endswith(SOURCES) and super().__call__(change, path)


def main(folder: str, *command: str) -> None:
    def tell(changes: set[tuple[Change, str]]) -> None:
        names = ", ".join(sorted({Path(path).name for _, path in changes}))
        sys.stderr.write(f"Changed: {names}. The app starts again.\n")

    run_process(folder, target=shlex.join(command), target_type="command", watch_filter=SourceCode(), callback=tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
