"""A minimal Slack with which a bot can start and answer: three Web API methods and one WebSocket."""

import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

from websockets.sync.server import ServerConnection, serve

WORKSPACE, MEMBER = "T0BENCH", "U0BENCH"
SECRET = "8f742231b10e8888abcd99baac01dee5"
CONNECTED_WITHIN, ANSWERED_WITHIN = 30, 10  # seconds


class MinimalSlack:
    """Counts what it is asked; `command` sends one over Socket Mode and waits for its answer."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.api_url = self.link_url = ""
        self._connected, self._closing = threading.Event(), threading.Event()
        self._link: ServerConnection | None = None
        self._sent = 0

    def environment(self, **more: str) -> dict[str, str]:
        """Return the settings of a bot that uses this Slack over signed HTTP."""
        return {
            "SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": self.api_url,
            "ROLESHIFT_HOST": "127.0.0.1", "ROLESHIFT_REQUESTS_PER_MINUTE": "1000000", **more,
        }  # fmt: skip

    def answer(self, method: str) -> dict[str, Any]:
        self.calls[method] += 1
        match method:
            case "auth.test":
                return {"ok": True, "team_id": WORKSPACE, "bot_id": "B0BENCH", "user_id": "U0BOT"}
            case "users.info":
                return {"ok": True, "user": {"id": MEMBER, "tz": "Asia/Kolkata"}}
            case "apps.connections.open":
                return {"ok": True, "url": self.link_url}
        return {"ok": False, "error": "unknown_method"}

    def hold(self, link: ServerConnection) -> None:
        """Serve one connection of Socket Mode until the end."""
        link.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0BENCH"}}))
        self._link = link
        self._connected.set()
        self._closing.wait()

    def wait_for_link(self) -> None:
        """Wait until a bot has connected over Socket Mode."""
        if not self._connected.wait(CONNECTED_WITHIN):
            raise TimeoutError("no bot connected over Socket Mode")

    def command(self, text: str) -> float:
        """Return the seconds from sending a command to reading its answer."""
        assert self._link is not None, "wait_for_link() comes first"
        self._sent += 1
        envelope = f"e{self._sent}"
        body = {"type": "slash_commands", "envelope_id": envelope, "payload": command(text)}
        sent, start = json.dumps({**body, "accepts_response_payload": True}), time.perf_counter()
        self._link.send(sent)
        answer = self._link.recv(ANSWERED_WITHIN)
        took = time.perf_counter() - start
        if json.loads(answer).get("envelope_id") != envelope:
            raise AssertionError(f"an answer to something else: {answer!r}")
        return took

    def close(self) -> None:
        self._closing.set()


@contextlib.contextmanager
def minimal_slack() -> Iterator[MinimalSlack]:
    """Start a minimal Slack on 127.0.0.1, in threads of this process."""
    slack = MinimalSlack()
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_WebApi, slack))
    links = serve(slack.hold, "127.0.0.1", 0, compression=None)
    slack.api_url = f"http://127.0.0.1:{http.server_address[1]}/api/"
    slack.link_url = f"ws://127.0.0.1:{links.socket.getsockname()[1]}/"
    threads = [threading.Thread(target=server.serve_forever) for server in (http, links)]
    for thread in threads:
        thread.start()
    try:
        yield slack
    finally:
        slack.close()
        http.shutdown()
        http.server_close()
        links.shutdown()
        for thread in threads:
            thread.join()


class _WebApi(BaseHTTPRequestHandler):
    def __init__(self, slack: MinimalSlack, *args: Any) -> None:
        self._slack = slack
        super().__init__(*args)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"] or 0))
        method = self.path.rpartition("/")[2].partition("?")[0]
        body = json.dumps(self._slack.answer(method)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 - the standard library's name

    def log_message(self, *_: Any) -> None:
        """Log nothing, as nobody reads it."""


def command(text: str, member: str = MEMBER, workspace: str = WORKSPACE) -> dict[str, str]:
    """Return what Slack sends for `/roleshift text`."""
    return {
        "token": "verification",
        "team_id": workspace,
        "team_domain": "bench",
        "channel_id": "C0BENCH",
        "channel_name": "general",
        "user_id": member,
        "user_name": "ada",
        "command": "/roleshift",
        "text": text,
        "api_app_id": "A0BENCH",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0BENCH/1234567890123/AbCdEfGhIjKlMnOpQrStUvWx",
        "trigger_id": "1234567890123.1234567890.0123456789abcdef0123456789abcdef",
    }


def form(text: str, member: str = MEMBER, workspace: str = WORKSPACE) -> str:
    """Return the body of a request for `/roleshift text`."""
    return urlencode(command(text, member, workspace))
