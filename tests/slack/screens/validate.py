"""Ask Slack itself about every screen: `python -m tests.slack.screens.validate`. It needs the internet, and no token.

Slack's public method `blocks.validate` says what is wrong with blocks. `--url` names another Web API.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from tests.slack.screens.situations import on_surface, situations
from tests.slack.screens.small_catalog import SMALL

SLACK = "https://slack.com/api/"
MOST_TRIES = 5


def wrong(url: str) -> Iterator[str]:
    """Yield what Slack says about each screen that it would refuse."""
    for name, screen in situations(SMALL):
        payload, surface = on_surface(screen)
        part = {"message": payload} if surface == "message" else {"view": payload}
        answer = _ask(f"{url}blocks.validate", part)
        if not answer["ok"]:
            yield f"{name}: {answer['error']} {json.dumps(answer.get('errors', []))}"


def _ask(url: str, part: dict[str, Any]) -> dict[str, Any]:
    """Ask about one screen, and wait as long as Slack asks."""
    headers = {"content-type": "application/json; charset=utf-8"}
    request = urllib.request.Request(url, json.dumps(part).encode(), headers)  # noqa: S310 - Slack's, or a test's
    for _ in range(MOST_TRIES):
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - as above
                found: dict[str, Any] = json.load(response)
                return found
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise
            time.sleep(int(error.headers.get("Retry-After", "30")))
    raise SystemExit("Slack asks to wait again and again; try it later.")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Ask Slack whether it takes every screen")
    parser.add_argument("--url", default=SLACK, help="of the Web API; default: Slack's")
    found = list(wrong(parser.parse_args(argv).url))
    sys.stdout.write("".join(f"{each}\n" for each in found) or "Slack takes every screen.\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
