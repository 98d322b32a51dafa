"""Calls at /mcp that are refused: 401, or one sentence; never 500, and nothing is stored."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.mcp.tools import TOOLS
from bot.playground.demo.sample import sample
from bot.playground.emulator.delivery import signature
from jobs.sweep import sweep
from tests.driver.standin import StandIn
from tests.every import try_every
from tests.slack.assistant import EMIL, NORTH, Calls, Served, served_in
from tests.slack.posting import Sender
from tests.slack.test_settings import GOOD, opened, submitted

ASHA, OUTSIDER = "U03ASHA", "U09MALLORY"


async def status(calls: Calls, tool: str = "next_step") -> int:
    return (await calls.post(calls.call(tool))).status_code


async def test_a_call_of_nobody_gets_401_and_stores_nothing(served: Served) -> None:
    token = await served.token()
    await served.token(ASHA)
    before = served.rows()
    refused: dict[str, Calls] = {
        "neither token nor signature": Calls(served.url),
        "a signature of another secret": served.by_slack(secret="0" * 32),
        "an old signature": served.by_slack(age=301),
        "a signature from the future": served.by_slack(age=-330),
        "another scheme": Calls(served.url, headers={"authorization": f"Basic {token}"}),
        "a token that ends otherwise": served.by_token(f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}"),
        "a token of somebody else": served.by_token(token.replace(EMIL, ASHA)),
        "a token of another workspace": served.by_token(token.replace(NORTH, "T02SOUTHWIND")),
        "a token that is too long": served.by_token(token + "A"),
        "what is no token": served.by_token("xoxb-1"),
    }

    async def check(calls: Calls) -> None:
        answer = await calls.post(calls.call("next_step"))
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "/roleshift connect" in answer.text

    await try_every(refused, check)
    assert served.rows() == before


async def test_a_token_ends_after_180_days_and_when_its_member_leaves(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    async with (
        StandIn(sample(), clock_file=clock) as slack,
        served_in(slack, tmp_path, ROLESHIFT_CLOCK=str(clock)) as served,
    ):
        calls = served.by_token(await served.token())
        slack.clock.advance(timedelta(days=179, hours=23))
        assert await status(calls, "my_record") == 200
        slack.clock.advance(timedelta(hours=2))
        assert await status(calls, "my_record") == 401
        await sweep(served.bot.services, asyncio.Event())
        assert not [row for row in served.rows() if row[0] == "assistant_token"]
        left = served.by_token(await served.token(ASHA))
        assert await status(left, "my_record") == 200
        await slack.change_person(ASHA, deleted=True)
        assert await status(left, "my_record") == 401


async def test_guests_outsiders_and_other_workspaces_are_told_so_by_slackbot(served: Served) -> None:
    before = served.rows()
    for calls, told in (
        (served.by_slack(workspace="T02SOUTHWIND"), "I am not installed in this workspace"),
        (served.by_slack(OUTSIDER), "I can coach full members only"),
    ):
        for tool in ("next_step", "my_record"):
            answer = (await calls.post(calls.call(tool))).json()["result"]
            assert (answer["isError"], told in answer["content"][0]["text"]) == (True, True), tool
    named: tuple[dict[str, str], ...] = ({}, {"team_id": NORTH}, {"team_id": NORTH, "user_id": "u;--"})
    for meta in ({}, *({"slack": each} for each in named)):
        calls = served.by_slack()
        calls.meta = meta
        assert await status(calls) == 400
    assert served.rows() == before
    of_emil = served.by_token(await served.token())
    of_emil.meta = {"slack": {"team_id": NORTH, "user_id": ASHA}}
    await of_emil.says("next_step")
    assert not [row for row in served.rows() if ASHA in row], "a token speaks for its own member, whatever is said"


async def test_where_admins_keep_assistants_out_or_removed_the_app_none_is_answered(served: Served) -> None:
    both = served.by_token(await served.token()), served.by_slack()
    nora = served.talk("U01NORA")
    await opened(nora)
    await submitted(nora, GOOD, out=True)
    for calls in both:
        assert "Your admins keep assistants out of this workspace" in await calls.says("my_record")
    talk = served.talk()
    await talk.does("/roleshift connect")
    assert "Your admins keep assistants out of this workspace" in await talk.does("[Make a token]")
    await served.slack.uninstall()
    for calls in both:
        assert "I am not installed in this workspace" in await calls.says("my_record")


async def test_a_member_who_floods_is_told_so_whichever_way_they_come(slack: StandIn, tmp_path: Path) -> None:
    async with served_in(slack, tmp_path, ROLESHIFT_REQUESTS_PER_MINUTE="10") as served:
        served.bot.edge._buckets._now = lambda: 0.0
        said = [await served.by_slack().says("my_record") for _ in range(6)]
        assert "That was too fast for me" in said[-1]
        assert "That was too fast for me" not in said[4]
        assert "too fast" in await served.talk().does("/roleshift progress")


async def test_only_posts_of_no_other_site_and_of_a_usual_size_are_read(served: Served) -> None:
    sender, token = Sender(served.bot, served.slack.app.signing_secret), await served.token()
    mine = {"authorization": f"Bearer {token}"}
    ping = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
    assert (await sender.send(ping, mine, path="/mcp")).status == 200
    for method in ("GET", "DELETE"):
        assert (await sender.send(b"", mine, method=method, path="/mcp")).status == 405
    assert (await sender.send(ping, mine | {"origin": "https://evil.example"}, path="/mcp")).status == 403
    assert (await sender.send(ping, mine | {"origin": served.address}, path="/mcp")).status == 200
    assert (await sender.send(b" " * 1_000_001, mine, path="/mcp")).status == 401
    assert (await sender.send(ping.replace(b'"id": 1, ', b""), mine, path="/mcp")).status == 202
    for path in ("oauth-protected-resource", "oauth-authorization-server"):
        assert (await sender.send(b"", method="GET", path=f"/.well-known/{path}")).status == 404, "no OAuth"


async def test_whatever_is_sent_gets_an_answer_and_stores_nothing(served: Served, seed: int) -> None:
    fuzz = Fuzz(random.Random(seed), served, await served.token())  # noqa: S311 - a seed must replay
    before = served.rows()
    for _ in range(100):
        await fuzz.tries()
    await served.bot.edge.background.drain(5)
    assert served.rows() == before


class Fuzz:
    """Calls with anything in them. Those that are let in only read, or miss what a writing tool needs."""

    def __init__(self, draw: random.Random, served: Served, token: str) -> None:
        self.draw, self.sender = draw, Sender(served.bot, served.slack.app.signing_secret)
        self.good = {"authorization": f"Bearer {token}"}
        self.token = token

    async def tries(self) -> None:
        body = self.body()
        known, headers = self.draw.choice([(True, self.good), (True, self.signed(body)), (False, self.stranger(body))])
        reply = await self.sender.send(body, headers, path="/mcp")
        told = f"{body[:300]!r} with {headers}: {reply.status} {reply.body[:300]!r}"
        is_text = body.decode("utf-8", "replace").encode() == body  # of any other, Slack's signature can't be right
        assert reply.status in ({200, 202, 400, 404} if known and (is_text or headers is self.good) else {401}), told
        if reply.status in {200, 400, 404}:
            answer = json.loads(reply.body)
            assert ("result" in answer) is (reply.status == 200), told
            assert b"That broke" not in reply.body, told

    def signed(self, body: bytes, secret: str = "", age: int = 0) -> dict[str, str]:
        stamp = str(int(time.time()) - age)
        sign = signature(secret or self.sender.secret, stamp, body)
        return {"x-slack-request-timestamp": stamp, "x-slack-signature": sign}

    def stranger(self, body: bytes) -> dict[str, str]:
        at = self.draw.randrange(len(self.token))
        spoiled = f"{self.token[:at]}{self.draw.choice('~ Aä0')}{self.token[at + 1 :]}"
        bearers = [self.token[:at], spoiled if spoiled != self.token else "", "rsk-", "\0", "rsk-T1.U1." + "0" * 60]
        return self.draw.choice([
            {}, self.signed(body, "1" * 32), self.signed(body, age=301), self.signed(body + b" "),
            {"x-slack-request-timestamp": "x", "x-slack-signature": "v0=ä"}, {"authorization": self.token},
            {"authorization": f"Bearer {self.draw.choice(bearers)}"},
        ])  # fmt: skip

    def body(self) -> bytes:
        made: list[Callable[[], bytes]] = [
            lambda: self.draw.randbytes(self.draw.randrange(40)),
            lambda: b"[" * self.draw.choice([1, 50, 100_000]),
            lambda: json.dumps(self.call()).encode()[: self.draw.randrange(120)],
            lambda: json.dumps([self.call()]).encode(),
            lambda: json.dumps(self.thing()).encode(),
            lambda: json.dumps(self.call()).encode(),
            lambda: json.dumps(self.call(), ensure_ascii=False).encode("utf-8", "surrogatepass"),
        ]
        return self.draw.choice(made)()

    def call(self) -> dict[str, Any]:
        tool = self.draw.choice([*TOOLS, "x"])
        arguments = {name: self.text() for name in ("question", "part", "number", "lab") if self.draw.random() < 0.5}
        arguments |= {"step" if tool == "rubric" else "project": f"no such {self.text()}"}
        meta = {"slack": self.draw.choice([{"team_id": NORTH, "user_id": EMIL}, {}, self.thing()])}
        params = {"name": tool, "arguments": arguments, "_meta": meta}
        call: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        if self.draw.random() < 0.5:
            part: dict[str, Any] = self.draw.choice([call, params, arguments])
            part[self.draw.choice(list(part))] = self.thing()
        return call

    def text(self) -> str:
        return self.draw.choice(
            ["cost spikes", "\0", "\ud800", "ä" * 600, "<!channel> ```", "1", "' OR 1=1 --", "all 2"]
        )

    def thing(self) -> Any:
        return self.draw.choice([
            None, True, -1, 10**400, 1.5, float("nan"), "", self.text(), [], {}, [[]], {"a": {"b": [self.text()]}},
            "tools/list", "initialize", "server/discover", "2026-07-28",
        ])  # fmt: skip
