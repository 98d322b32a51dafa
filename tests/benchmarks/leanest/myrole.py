"""The leanest program that keeps the promise of `/roleshift myrole`: the same checks, one SELECT, the same bytes.

It knows one verb and one workspace, and takes no decision beyond those. The signature is verified by the bot's own
door; `--bolt` lets Bolt dispatch the command, as the bot does. The driver reads the rows without SQLAlchemy.
"""

import argparse
import gc
import os
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import uvicorn
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.coach.roles import MyRole
from bot.content import library
from bot.core.calendar import Slot
from bot.core.learning import path_of
from bot.core.member import Consent, Member, MemberKey, Schedule
from bot.slack.door import door
from bot.slack.rejections import Rejections
from bot.slack.screens import myrole
from bot.store.types import read_text
from tests.benchmarks import databases
from tests.benchmarks.minimal_slack import WORKSPACE


class Dispatcher(AsyncMiddleware):
    """Answer before Bolt looks for a listener: that is a third of what Bolt costs, and fails on odd payloads."""

    def __init__(self, answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> None:
        self._answer = answer

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt passes it
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002 - Bolt's name; nothing comes after this
    ) -> BoltResponse:
        """Return the answer."""
        return await self._answer(req)


Rows = Sequence[Sequence[Any]]
HEADERS: dict[str, str | Sequence[str]] = {"content-type": "application/json;charset=utf-8"}
FIND = """
SELECT m.role, m.zone, k.skill, s.consent, s.weekday, s.minute, s.zone, s.zone_is_own, s.paused_until, s.next_due_at
FROM member m
LEFT JOIN skill_mark k ON k.workspace_id = m.workspace_id AND k.member_id = m.member_id AND k.undone_at IS NULL
LEFT JOIN schedule s ON s.workspace_id = m.workspace_id AND s.member_id = m.member_id
WHERE m.workspace_id = {} AND m.member_id = {}
"""


class Answerer:
    """Answers `myrole` from the rows about a member."""

    def __init__(self, find: Callable[[str, str], Awaitable[Rows]]) -> None:
        self._find, self._catalog = find, library.load()

    async def answer(self, fields: dict[str, Any]) -> BoltResponse:
        """Return the answer to a command. Raise AssertionError for any but `/roleshift myrole` of the workspace."""
        asked = fields["command"], fields["text"], fields["team_id"]
        assert asked == ("/roleshift", "myrole", WORKSPACE), asked
        rows = await self._find(fields["team_id"], fields["user_id"])
        role = self._catalog.role_of(rows[0][0])
        path = path_of(self._catalog, role, frozenset(row[2] for row in rows)) if role else None
        member = Member(MemberKey(fields["team_id"], fields["user_id"]), rows[0][0], rows[0][1])
        consent, weekday, minute, *rest = rows[0][3:]
        schedule = None if consent is None else Schedule(Consent(consent), Slot(weekday, minute), *rest)
        found = MyRole(self._catalog, member, path, schedule and schedule.as_of(datetime.now(UTC)))
        return BoltResponse(status=200, body=myrole.mine(found).body(response_type="ephemeral"), headers=HEADERS)


def sqlite(path: str) -> Callable[[str, str], Awaitable[Rows]]:
    """Return the function that reads a file."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    statement = FIND.format("?", "?")

    async def find(*key: str) -> Rows:
        rows = connection.execute(statement, key).fetchall()
        *before, zone_is_own, paused_until, next_due_at = rows[0]
        return [(*before, bool(zone_is_own), read_text(paused_until), read_text(next_due_at)), *rows[1:]]

    return find


async def postgres(address: str) -> Callable[[str, str], Awaitable[Rows]]:
    """Return the function that reads from a server, on connections that stay open."""

    async def keep(_: object) -> None:
        """Reset nothing, which would be one more question to the server: a read leaves no trace in a session."""

    pool = await asyncpg.create_pool(address, min_size=1, max_size=5, reset=keep)
    statement = FIND.format("$1", "$2")

    async def find(*key: str) -> Rows:
        async with pool.acquire() as connection:
            return await connection.fetch(statement, *key)  # type: ignore[no-any-return]  # asyncpg's records

    return find


def through_bolt(answerer: Answerer) -> Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]:
    """Return Bolt's dispatch of a command, with one answer in place of listeners."""

    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=WORKSPACE, bot_token=os.environ["SLACK_BOT_TOKEN"])

    client = AsyncWebClient(base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, authorize=authorize, request_verification_enabled=False, process_before_response=True)
    app.use(Dispatcher(lambda request: answerer.answer(request.body)))
    return app.async_dispatch


async def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bolt", action="store_true")
    args, address = parser.parse_args(), os.environ["DATABASE_URL"]
    scheme, _, path = address.partition(":///")
    answerer = Answerer(sqlite(path) if scheme == "sqlite" else await postgres(address))

    async def straight(request: AsyncBoltRequest) -> BoltResponse:
        return await answerer.answer(request.body)

    dispatch = through_bolt(answerer) if args.bolt else straight
    app = door(
        cast(AsyncApp, SimpleNamespace(async_dispatch=dispatch)),
        Starlette(),
        os.environ["SLACK_SIGNING_SECRET"],
        Rejections(),
    )
    port = int(os.environ["PORT"])
    settings = uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", access_log=False, log_level="warning")
    gc.freeze()  # as the bot does once it has started
    await uvicorn.Server(settings).serve()


if __name__ == "__main__":
    with databases.loop() as loop:
        loop.run(main())
