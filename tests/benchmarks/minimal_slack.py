"""A minimal Slack, as a process of its own. It answers at once, and tells at /seen what it was asked."""

import contextlib
import json
import os
import tempfile
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode
from urllib.request import urlopen

import uvicorn

from tests.benchmarks.processes import running

WORKSPACE, MEMBER = "T0BENCH", "U0BENCH"
SECRET = "8f742231b10e8888abcd99baac01dee5"
KEPT = 1_000  # posts that are told at /posts
UNTIL, POLL = 120, 0.05  # seconds


@dataclass(frozen=True, slots=True)
class MinimalSlack:
    """Such a process, and a folder for what is measured with it."""

    port: int
    scratch: Path

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": self.api_url,
            "ROLESHIFT_HOST": "127.0.0.1", "ROLESHIFT_REQUESTS_PER_MINUTE": "1000000", **more,
        }  # fmt: skip

    @property
    def calls(self) -> Counter[str]:
        """Return how often each method was called."""
        return Counter(self._ask("seen")["calls"])

    @property
    def first_posts(self) -> dict[str, float]:
        """Return when each token first posted, by the clock that `time.monotonic` reads in every process."""
        first: dict[str, float] = self._ask("seen")["first"]
        return first

    @property
    def posts(self) -> list[dict[str, Any]]:
        posts: list[dict[str, Any]] = self._ask("posts")
        return posts

    def wait_for(self, method: str, calls: int, within: float = UNTIL) -> int:
        """Wait until a method was called so often. Return how often it was, perhaps less after so many seconds."""
        until = time.monotonic() + within
        while (found := self.calls[method]) < calls and time.monotonic() < until:
            time.sleep(POLL)
        return found

    def _ask(self, what: str) -> Any:
        with urlopen(f"http://127.0.0.1:{self.port}/{what}") as answer:
            return json.load(answer)


@contextlib.contextmanager
def minimal_slack() -> Iterator[MinimalSlack]:
    with tempfile.TemporaryDirectory(prefix="roleshift-benchmark-") as folder:
        scratch = Path(folder)
        with running(scratch, "tests.benchmarks.minimal_slack", env={}) as process:
            yield MinimalSlack(process.port, scratch)


def form(text: str, member: str = MEMBER, workspace: str = WORKSPACE) -> str:
    """Return the body of a command."""
    return urlencode({
        "token": "verification", "team_id": workspace, "team_domain": "bench", "channel_id": "C0BENCH",
        "channel_name": "general", "user_id": member, "user_name": "ada", "command": "/roleshift", "text": text,
        "api_app_id": "A0BENCH", "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0BENCH/1234567890123/AbCdEfGhIjKlMnOpQrStUvWx",
        "trigger_id": "1234567890123.1234567890.0123456789abcdef0123456789abcdef",
    })  # fmt: skip


TEAMS, EACH_TEAM = 60, 83  # user groups, and the people in each

_calls: Counter[str] = Counter()
_first: dict[str, float] = {}
_posts: deque[bytes] = deque(maxlen=KEPT)
_numbers = count(1)


async def _app(
    scope: dict[str, Any], receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[None]]
) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    answer = _answer(scope, body)
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


# What methods answer whose answers never change.
FIXED = {
    "auth.test": b'{"ok":true,"team_id":"T0BENCH","bot_id":"B0BENCH","user_id":"U0BOT"}',
    "users.info": b'{"ok":true,"user":{"id":"%b","tz":"Asia/Kolkata"}}' % MEMBER.encode(),
    "conversations.open": b'{"ok":true,"channel":{"id":"D0BENCH"}}',
}


def _answer(scope: dict[str, Any], body: bytes) -> bytes:
    match scope["path"].rpartition("/")[2]:
        case "seen":
            return json.dumps({"calls": _calls, "first": _first}).encode()
        case "posts":
            return json.dumps([_post(each) for each in _posts]).encode()
        case "readyz":
            return b"{}"
        case method:
            _calls[method] += 1
            return _result(method, scope, body)


def _result(method: str, scope: dict[str, Any], body: bytes) -> bytes:
    match method:
        case "chat.postMessage":
            token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
            _first.setdefault(token, time.monotonic())
            _posts.append(body)
            return b'{"ok":true,"channel":"D0BENCH","ts":"1790000000.%06d"}' % next(_numbers)
        case "views.publish" | "views.open":
            return b'{"ok":true,"view":{"id":"V0BENCH","hash":"%d"}}' % next(_numbers)
        case "usergroups.list":
            groups = [{"id": f"S{each:08d}", "handle": str(each), "users": people_of(each)} for each in range(TEAMS)]
            return json.dumps({"ok": True, "usergroups": groups}).encode()
        case "conversations.members":
            channel = parse_qs(scope["query_string"].decode() or body.decode())["channel"][0]
            return json.dumps({"ok": True, "members": people_of(int(channel[1:]))}).encode()
    return FIXED.get(method, b'{"ok":true}')


def people_of(team: int) -> list[str]:
    """Return who is in the user group, or in the channel, of this number."""
    return [f"U{number:07d}" for number in range(team * EACH_TEAM, (team + 1) * EACH_TEAM)]


def _post(body: bytes) -> dict[str, Any]:
    """Return the arguments of a post, which came as JSON or as a form."""
    if body.startswith(b"{"):
        post: dict[str, Any] = json.loads(body)
        return post
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run(
        _app, host="127.0.0.1", port=port, lifespan="off", access_log=False, log_level="warning", timeout_keep_alive=60
    )
