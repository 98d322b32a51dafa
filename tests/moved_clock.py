"""Run a module with the machine's clock moved by the seconds in a file: `python -m tests.moved_clock FILE jobs`.

Nobody can set a test machine's real clock. So `time.time` and `datetime.now` answer with an offset, for every module of
the process that is imported afterwards, APScheduler included; `time.monotonic` stays as it is, as in reality.
"""

import datetime as dt
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_real_time = time.time
_RealDatetime: Any = dt.datetime


class _Type(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _RealDatetime)


def move(offset: Callable[[], float]) -> None:
    """Move the clock of this process by as many seconds as `offset` returns at each look."""

    class Moved(_RealDatetime, metaclass=_Type):  # type: ignore[misc]  # known as Any, so that its name can be a double
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return _RealDatetime(*args, **kwargs)

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return _RealDatetime.fromtimestamp(time.time(), tz)

    time.time = lambda: _real_time() + offset()
    dt.datetime = Moved  # type: ignore[misc]  # a double


def offset_in(path: Path) -> float:
    """Return the seconds that the file holds; 0 without a file."""
    try:
        return float(path.read_text() or 0)
    except FileNotFoundError:
        return 0.0


if __name__ == "__main__":
    _, file, module, *arguments = sys.argv
    move(lambda: offset_in(Path(file)))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
