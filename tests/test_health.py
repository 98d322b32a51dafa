"""The paths besides Slack's: /healthz, /readyz, and /metrics for those who may see it."""

from collections.abc import AsyncIterator, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult

from bot.clock import Clock
from bot.coach import membership, schedules
from bot.content.library import Library
from bot.core.catalog import Catalog
from bot.core.member import MemberKey, Profile
from bot.run import app
from bot.run.app import Worker
from bot.slack.door import AsgiApp
from bot.slack.installation import OneWorkspace
from bot.slack.services import Services, build
from bot.store import Store, doubts, open_store, workspaces
from jobs.clock import Bell
from tests.acting import acting
from tests.coach.members import NOW

TOKEN = "a-long-token"
NO_SLACK: Any = None  # health calls no Slack


@pytest.fixture
async def store(migrated_sqlite: str) -> AsyncIterator[Store]:
    store = open_store(migrated_sqlite)
    yield store
    await store.close()


@dataclass
class Answer:
    status: int = 0
    text: str = ""


async def get(served: AsgiApp, path: str, server: tuple[str, int] = ("10.0.0.1", 3000), **headers: str) -> Answer:
    answer = Answer()
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": path, "query_string": b"", "headers": named,
        "client": ("127.0.0.1", 4711), "server": server,
    }  # fmt: skip

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        answer.status = message.get("status", answer.status)
        answer.text += message.get("body", b"").decode()

    await served(scope, receive, send)
    return answer


def services_around(store: Store, *workspace_ids: str) -> Services:
    """Return services whose tokens open these workspaces."""
    found = build(Library(Catalog({}, (), (), {}, {})), store, NO_SLACK, Clock())
    assert isinstance(found.installations, OneWorkspace)
    for workspace_id in workspace_ids:
        found.installations._authorized[workspace_id] = AuthorizeResult(enterprise_id=None, team_id=workspace_id)
    return found


def with_metrics(store: Store) -> AsgiApp:
    return Worker(services_around(store), metrics_port=9091).asgi


MAIN, OWN, OTHER = ("127.0.0.1", 3000), ("127.0.0.1", 9091), ("10.0.0.1", 9091)


@pytest.mark.parametrize(
    ("server", "headers", "token", "port", "status"),
    [
        (MAIN, {}, None, None, 403),  # a proxy on this machine calls from a loopback address, too
        (MAIN, {}, None, 9091, 403),
        (MAIN, {"authorization": f"Bearer {TOKEN}"}, TOKEN, None, 200),
        (MAIN, {"authorization": f"Bearer {TOKEN}", "x_forwarded_for": "10.1.2.3"}, TOKEN, None, 200),
        (MAIN, {"authorization": "Bearer another"}, TOKEN, None, 403),
        (MAIN, {"authorization": "Bearer "}, None, None, 403),
        (MAIN, {"authorization": "Bearer ü"}, TOKEN, None, 403),
        (OWN, {}, None, 9091, 200),
        (OWN, {}, None, None, 403),
        (OTHER, {}, None, 9091, 403),
    ],
)
async def test_metrics_need_the_token_except_on_their_own_loopback_port(
    store: Store, server: tuple[str, int], headers: dict[str, str], token: str | None, port: int | None, status: int
) -> None:
    worker = Worker(services_around(store), SecretStr(token) if token else None, port)
    found = await get(worker.asgi, "/metrics", server, **headers)
    assert found.status == status
    assert ("roleshift_deliveries" in found.text) == (status == 200)


async def test_a_workspace_that_is_marked_removed_and_asks_is_counted(store: Store) -> None:
    now = Clock().now()
    await store.write(membership.disconnected, "T1", "Ev1", now - timedelta(days=9))
    served = with_metrics(store)
    for counted, heard_at in ((0, None), (1, now), (0, now - timedelta(days=2))):
        if heard_at is not None:
            await store.write(partial(doubts.heard, has_app=False), "T1", heard_at)
        assert f"roleshift_workspaces_refused_but_used {counted}.0" in (await get(served, "/metrics", OWN)).text


async def test_a_database_that_is_gone_leaves_what_the_process_counted_itself(tmp_path: Path) -> None:
    gone = open_store(f"sqlite:///{tmp_path / 'nowhere' / 'gone.db'}")
    found = await get(with_metrics(gone), "/metrics", OWN)
    await gone.close()
    assert found.status == 200
    assert "roleshift_sends" in found.text
    assert "roleshift_deliveries{" not in found.text


async def test_deliveries_are_counted_by_state_until_they_are_over_and_nobody_is_named(store: Store) -> None:
    who = MemberKey("TCANARY", "UCANARY")
    await store.write(workspaces.connect, who.workspace_id, NOW)
    await store.write(membership.meet, who, Profile("Europe/Berlin", coachable=True), NOW)
    await store.write(acting(schedules.accept, who, NOW), None, None)
    served = with_metrics(store)
    shown = (await get(served, "/metrics", OWN)).text
    assert 'roleshift_deliveries{kind="welcome",state="planned"} 1.0' in shown
    assert "CANARY" not in shown
    await store.write(acting(schedules.decline, who, NOW))
    after = (await get(served, "/metrics", OWN)).text
    assert "roleshift_deliveries{" not in after, "the whole table would have to be read"


async def test_a_process_is_ready_unless_it_can_not_work_and_every_reason_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(workspaces.connect, "T1", NOW)
    no_jobs, works = (Worker(services_around(store, "T1"), bell=bell).asgi for bell in (None, Bell([])))
    no_token = Worker(services_around(store), bell=Bell([])).asgi
    no_row = Worker(services_around(store, "T1", "T2"), bell=Bell([])).asgi
    silent = "no job was done for 90 seconds"
    assert (await get(works, "/readyz")).text == "ready"
    monkeypatch.setattr(Bell, "silent_for", app.MAX_SILENT_SECONDS + 1)
    for served, status, told in (
        (no_jobs, 200, ["ready"]),  # it needs no tick
        (works, 503, [silent]),
        (no_token, 503, ["Slack does not accept the bot token", silent]),
        (no_row, 503, [silent, "the database has lost the workspace's row"]),
    ):
        found = await get(served, "/readyz")
        assert (found.status, found.text.splitlines()) == (status, told)
        assert (await get(served, "/healthz")).text == "ok"
