"""The log has one JSON object per line, with stable event names, and contains no secret and no text of a person."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bot.run import logs

CANARY = "canary-4711"


class Written:
    """The log, configured as the bot configures it, and what was written to it."""

    def __init__(self, level: str) -> None:
        self.stream = io.StringIO()
        logs.configure(level)
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler, logging.StreamHandler)
        assert handler.setStream(self.stream) is sys.stderr

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.removesuffix("\n").split("\n")]


@pytest.fixture
def written() -> Iterator[Written]:
    """Yield a buffer to which the log is written, and restore the log afterwards."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield Written("info")
    sys.excepthook = hook
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in (*logs.OWN, "slack_bolt"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def fail_with(text: str) -> Exception:
    """Return an error with a cause. Both quote what a person typed."""
    try:
        try:
            int(text)
        except ValueError as error:
            raise RuntimeError(f"could not read {text}") from error
    except RuntimeError as error:
        return error
    raise AssertionError(f"{text} is a number")


def test_a_line_is_an_event_with_its_moment_level_and_fields_whatever_they_hold(written: Written) -> None:
    fields = {"port": 3000, "name_of_it": "a\nb\u2028c", "none": None}
    logging.getLogger("bot.run.app").info("bot.ready", extra=fields | {"odd": {1}})
    (line,) = written.lines
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "info", "event": "bot.ready", "logger": "bot.run.app", "odd": "{1}"} | fields


def test_an_error_leaves_its_type_and_its_place_and_none_of_its_words(written: Written) -> None:
    logging.getLogger("bot.slack.edge").error(
        "request.broke", exc_info=fail_with(CANARY), extra={"reference": "k3f9qa"}
    )
    (line,) = written.lines
    assert [error["type"] for error in line["error"]] == ["RuntimeError", "ValueError"]
    assert all("test_logs.py:" in error["at"][-1] for error in line["error"])
    assert line["reference"] == "k3f9qa"
    assert CANARY not in written.text


def test_what_a_library_says_is_left_out_whatever_level_it_has(written: Written) -> None:
    for name in ("slack_bolt.AsyncApp", "slack_sdk.web", "aiohttp.server", "asyncio", "uvicorn.error"):
        logging.getLogger(name).error("body: %s", CANARY, exc_info=fail_with(CANARY), extra={"body": CANARY})
    assert {line["event"] for line in written.lines} == {"library.said"}
    assert all(line["error"] for line in written.lines)
    assert CANARY not in written.text


def test_the_numbers_by_which_an_operator_searches_are_kept(written: Written) -> None:
    class ServerError(Exception):
        sqlstate = "55P03"

    logging.getLogger("bot.store").warning("request.refused", exc_info=ConnectionRefusedError(111, CANARY))
    logging.getLogger("bot.store").warning("request.refused", exc_info=ServerError(CANARY))
    refused, locked = written.lines
    assert refused["error"][0]["errno"] == 111
    assert locked["error"][0]["sqlstate"] == "55P03"
    assert CANARY not in written.text


FIELDS = {  # what an event's field would hold → what the log holds
    f"xoxb-{CANARY}": "(hidden)",
    f"xoxe.xoxp-{CANARY}": "(hidden)",
    f"rsk-T1.U1.{CANARY}": "(hidden)",
    f"xapp-1-{CANARY} and more": "(hidden) and more",
    f"postgresql://nora:{CANARY}@db/roleshift": "postgresql://(hidden)@db/roleshift",
    f"https://hooks.slack.com/actions/T1/2/{CANARY}": "(hidden)",
    f"https://hooks.slack.com/app/T1/2/{CANARY}": "(hidden)",  # of a form
    "https://slack.com/api/users.info": "https://slack.com/api/users.info",
    "toxobot": "toxobot",
}


def test_a_secret_in_an_event_field_is_hidden(written: Written) -> None:
    for given in FIELDS:
        logging.getLogger("bot.run.app").warning("slack.unreachable", extra={"reason": given})
    assert [line["reason"] for line in written.lines] == [*FIELDS.values()]
    assert CANARY not in written.text


def test_a_crash_is_one_line_without_the_words_of_its_error(written: Written) -> None:
    sys.excepthook(RuntimeError, fail_with(CANARY), None)
    assert written.lines[0]["event"] == "process.crashed"
    assert written.lines[0]["error"][0]["type"] == "RuntimeError"
    assert CANARY not in written.text
