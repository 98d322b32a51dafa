"""JSON lines with stable event names; never a secret, never a word that a person wrote."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType

OWN = ("bot", "jobs", "__main__")  # their messages are event names and their extras are meant for the log
STANDARD = frozenset(vars(logging.makeLogRecord({})))
FRAMES_MOST = 12  # innermost ones of a traceback

to_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


class JsonFormatter(logging.Formatter):
    """One JSON object a line.

    Libraries format their messages before they log them, and some put a whole request or token there, so of their
    records only the logger's name, the level and the kind of error are kept. Of an error the text is left out too,
    as it may quote what a person typed; its type and its place in the code stay.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        own = record.name.partition(".")[0] in OWN
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if own else "library.said",
            "logger": record.name,
        }
        if own:
            line |= {key: value for key, value in vars(record).items() if key not in STANDARD}
        if record.exc_info and record.exc_info[1]:
            line["error"] = list(_errors(record.exc_info[1]))
        return to_json(line)


def configure(level: str) -> None:
    """Sends every record to standard error as JSON; libraries speak up from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # Bolt warns at each start that our authorize= is in charge, and sets its own loggers' levels, so a filter it is.
    handler.addFilter(lambda record: record.levelno >= logging.ERROR or not record.name.startswith("slack_bolt"))
    for name in OWN:
        logging.getLogger(name).setLevel(level.upper())


def _errors(error: BaseException | None) -> Iterator[dict[str, object]]:
    """An error and its causes, outermost first."""
    while error is not None:
        found: dict[str, object] = {"type": type(error).__name__, "at": _frames(error.__traceback__)[-FRAMES_MOST:]}
        if isinstance(error, OSError) and error.errno is not None:
            found["errno"] = error.errno
        if (state := getattr(error, "sqlstate", None)) is not None:
            found["sqlstate"] = state
        yield found
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(trace: TracebackType | None) -> list[str]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames
