"""The leanest program that sends is a fair limit only if it stores and posts what the bot stores and posts."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from aiohttp import web
from sqlalchemy import Connection, insert, select
from tests.benchmarks.leanest.delivery import LeanDelivery
from tests.benchmarks.leanest.drivers import Driver, Postgres, Sqlite

from bot.coach import schedules
from bot.coach.sending import Pace
from bot.content import library
from bot.content.library import Library
from bot.core.calendar import WEEK
from bot.core.catalog import Catalog
from bot.run import services
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.store import Store, open_store
from bot.store.member_schema import delivery, home, quiz, situation, tip_given
from bot.store.schema import tip_set_aside, workspace
from jobs.deliver import deliver
from tests.benchmarks import databases, due
from tests.benchmarks.databases import Server

MEMBERS, WEEKS = 40, 2
PER_MINUTE = 60 * 1_000_000.0
RANDOM = {"id", "claim_token", "lease_until", "next_send_at"}
STORED = (delivery, tip_given, quiz, home, workspace)


@dataclass
class _Slack:
    """Posts as they came, and an answer whose ts depends on the channel alone."""

    port: int = 0
    posts: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.text()
        self.posts.append(re.sub(r'"k":"\w{24}"', '"k":""', body) + request.headers["Authorization"])
        channel = re.findall(r'"channel":"(D\d+)"', body)[0]
        return web.json_response({"ok": True, "channel": channel, "ts": f"1790000000.{channel[1:]}"})


@asynccontextmanager
async def _slack() -> AsyncIterator[_Slack]:
    slack, app = _Slack(), web.Application()
    app.router.add_post("/api/chat.postMessage", slack.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.port = runner.addresses[0][1]
    yield slack
    await runner.cleanup()


def _gather(tx: Connection, catalog: Catalog) -> None:
    """Store members, and for some of them each circumstance on which the choice of a tip depends."""
    due.gather(tx, catalog, MEMBERS)
    role, first = next(iter(catalog.roles.values())), due.FIRST
    who = [{"workspace_id": due.WORKSPACE, "member_id": f"U{number:07d}"} for number in range(MEMBERS)]
    skills = [catalog.skills[slug] for slug in role.skills]
    tx.execute(insert(home), [{**key, "opened_at": first, "due_at": None, "is_admin": False} for key in who[:5]])
    lacking = [{**key, "need": need, "has": False, "at": first} for key in who[5:10] for need in catalog.needs]
    tx.execute(insert(situation), lacking)
    tips = [{**key, "tip": skills[3].tips[0].id, "times": 1, "given_at": first - WEEK} for key in who[10:20]]
    tx.execute(insert(tip_given), [{**tip, "verdict": "not useful"} for tip in tips])
    every = [{**key, "tip": tip, "times": 1, "given_at": first - WEEK} for key in who[30:35] for tip in catalog.lessons]
    tx.execute(insert(tip_given), [{**tip, "verdict": None} for tip in every])
    wrong = {"skill": skills[0].slug, "check_id": skills[0].checks[0].id, "due": True, "asking": "nudge:before"}
    answered = {"asked_at": first, "answered_at": first + timedelta(hours=1), "chosen": 0, "right": False}
    tx.execute(insert(quiz), [{**key, **wrong, **answered} for key in who[20:30]])
    aside = {"workspace_id": due.WORKSPACE, "tip": skills[4].tips[0].id, "reason": "invalid_blocks", "at": first}
    tx.execute(insert(tip_set_aside), aside)


def _stored(tx: Connection) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in STORED:
        rows = tx.execute(select(table).order_by(*table.primary_key)).mappings()
        found[table.name] = [{name: row[name] for name in row if name not in RANDOM} for row in rows]
    return found


async def _weeks(store: Store, driver: Driver | None) -> tuple[list[str], dict[str, Any]]:
    """Plan and send for some weeks with the bot, or with the leanest program where there is a driver for it."""
    catalog, clock, pace = library.load(), due.Weeks(), Pace(per_minute=PER_MINUTE)
    await store.write(_gather, catalog)
    async with _slack() as slack, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{slack.port}/api/"
        gateway = Gateway(session, url)
        gateway.add(WorkspaceGateway(due.WORKSPACE, session, url, "xoxb-bench"))
        bot = services.build(Library(catalog), store, gateway, clock, pace)
        for _ in range(WEEKS):
            clock.next()
            await store.write(schedules.plan_due, clock.now())
            if driver is None:
                await deliver(bot, asyncio.Event())
            else:
                lean = LeanDelivery(catalog, driver, session, f"{url}chat.postMessage", "xoxb-bench")
                assert await lean.deliver(clock.now(), 60 / PER_MINUTE) == MEMBERS
        return sorted(slack.posts), await store.read(_stored)


def _agree(ours: tuple[list[str], dict[str, Any]], leanest: tuple[list[str], dict[str, Any]]) -> None:
    assert len(ours[0]) == WEEKS * MEMBERS
    # A check, a tip after a wrong answer, and a tip that comes again.
    for part in ("answer-check", "/check/w", "/again/"):
        assert any(part in post for post in ours[0]), f"no post with {part}"
    assert leanest[0] == ours[0]
    for table, rows in ours[1].items():
        assert leanest[1][table] == rows, table


async def test_the_leanest_delivery_stores_and_posts_the_same_on_sqlite(tmp_path: Path) -> None:
    found = []
    for name in ("ours", "leanest"):
        path = tmp_path / name
        store = await databases.sqlite(path)
        driver = Sqlite(path) if name == "leanest" else None
        found.append(await _weeks(store, driver))
        await store.close()
    _agree(*found)


async def test_the_leanest_delivery_stores_and_posts_the_same_on_postgresql(postgres_server: str) -> None:
    found = []
    for is_lean in (False, True):
        address = await Server(postgres_server, pid=0).database()
        store, connection = open_store(address), await asyncpg.connect(address)
        found.append(await _weeks(store, Postgres(connection) if is_lean else None))
        await connection.close()
        await store.close()
    _agree(*found)
