"""Log JSON lines with stable event names. They never hold a secret or a text that a person wrote."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import walk_tb
from types import TracebackType

OWN = ("bot", "jobs", "__main__")  # loggers whose messages are event names, and whose extras are safe to log
STANDARD = frozenset(vars(logging.makeLogRecord({})))
MAX_FRAMES = 12  # innermost ones of a traceback

SECRETS = re.compile(
    r"""xox[a-z]-[^\s"]+|xoxe\.[^\s"]+|xapp-[^\s"]+|rsk-[^\s"]+  # Slack's tokens, and ours
    |(?<=://)[^\s/@":]+:[^\s/"]+(?=@)                 # a user and a password in an address
    |https?://[^\s"]*/(?:response|commands|actions|app|services)/[^\s"]+  # an address that is itself a secret
    """,
    re.VERBOSE,
)
HIDDEN = "(hidden)"

to_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


class JsonFormatter(logging.Formatter):
    """Format a record as one line of JSON.

    Libraries may put a whole request or a token into their messages. Their records therefore keep only the logger's
    name, the level and the error. An error keeps its type and its place in the code. Its text is left out, as it may
    quote what a person typed.

    The line is scrubbed of tokens, passwords and secret addresses, in case one got into an event's fields by mistake.
    """

    def format(self, record: logging.LogRecord) -> str:
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
        said = to_json(line)
        if any(part in said for part in ("xox", "xapp-", "rsk-", "://")):  # the pattern costs more
            return SECRETS.sub(HIDDEN, said)
        return said


def configure(level: str) -> None:
    """Send every record to standard error as JSON. Libraries log warnings and errors only."""

    def crashed(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            logging.getLogger("bot").critical("process.crashed", exc_info=error)

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)  # Python would print them, with the line of code
    sys.excepthook = crashed  # Python would print the error's text
    # Bolt warns at each start that it uses authorize=, and sets its own loggers' levels. So a filter drops the warning.
    handler.addFilter(lambda record: record.levelno >= logging.ERROR or not record.name.startswith("slack_bolt"))
    for name in OWN:
        logging.getLogger(name).setLevel(level.upper())


def _errors(error: BaseException | None) -> Iterator[dict[str, object]]:
    while error is not None:
        frames = [
            f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in walk_tb(error.__traceback__)
        ]
        described: dict[str, object] = {"type": type(error).__name__, "at": frames[-MAX_FRAMES:]}
        if isinstance(error, OSError) and error.errno is not None:
            described["errno"] = error.errno
        if (state := getattr(error, "sqlstate", None)) is not None:
            described["sqlstate"] = state
        yield described
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
