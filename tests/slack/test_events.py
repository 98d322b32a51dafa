"""An event is handled once, however often Slack delivers it, and again if it failed."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.run.app import Bot
from bot.store import doubts, members, schema
from tests.driver.standin import StandIn
from tests.patience import LONG
from tests.running import bot_for_many, every_row, rows_about
from tests.slack.posting import EMIL, WORKSPACE, Sender, sender_to

ODD = ["T\0", "t01", "T" * 33, "T1'--", "T\ud800", 7]


def moved_to(zone: Any, event_id: str = "Ev1") -> dict[str, Any]:
    user = {"id": EMIL, "team_id": WORKSPACE, "tz": zone, "deleted": False}
    event = {"type": "user_change", "user": user}
    return {"type": "event_callback", "team_id": WORKSPACE, "event_id": event_id, "event": event}


def zones(folder: Path) -> list[Any]:
    return [row[6] for row in every_row(folder) if row[0] == "member"]


def seen(folder: Path) -> list[Any]:
    return [row[2] for row in every_row(folder) if row[0] == "event_seen"]


async def test_an_event_is_handled_once_and_requested_again_where_that_failed(
    sender: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sender.types("learn cost spikes")
    for number, unknown in enumerate([None, "", "Mars/Base", 7, ["Europe/Berlin"]]):
        assert (await sender.payload("events_api", moved_to(unknown, f"EvZone{number}"))).status == 200
        assert zones(tmp_path) == ["Europe/Berlin"]
    before = seen(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(members, "see_profile", lambda *_: 1 / 0)
        for _ in range(3):
            assert (await sender.payload("events_api", moved_to("Asia/Tokyo"))).status == 500
    assert seen(tmp_path) == before, "a failed event must not be taken for done"
    assert zones(tmp_path) == ["Europe/Berlin"]
    for event_id, zone in (("Ev1", "Asia/Tokyo"), ("Ev2", "Asia/Kolkata"), ("Ev1", "Asia/Tokyo")):
        reply = await sender.payload("events_api", moved_to(zone, event_id))
        assert (reply.status, reply.body) == (200, b"")
    assert zones(tmp_path) == ["Asia/Kolkata"]
    assert set(seen(tmp_path)) - set(before) == {"Ev1", "Ev2"}


async def test_what_changes_nothing_is_acknowledged_and_not_stored(sender: Sender, tmp_path: Path) -> None:
    for event in ({"type": "emoji_changed"}, {"type": "tokens_revoked", "tokens": {"oauth": [EMIL]}}):
        assert (await sender.payload("events_api", moved_to("Asia/Tokyo") | {"event": event})).status == 200
    assert seen(tmp_path) == []
    assert sender.bot.services.installations.workspace_ids, "a member's own token was revoked"
    reply = await sender.payload("events_api", {"type": "url_verification", "challenge": "3eZbrw1aB"})
    assert (reply.status, b"3eZbrw1aB" in reply.body) == (200, True)


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}]
)
async def test_a_removed_bot_says_that_and_is_not_ready(slack: StandIn, tmp_path: Path, event: dict[str, Any]) -> None:
    async with sender_to(slack, tmp_path) as sender:
        await sender.types("learn cost spikes")
        removed = moved_to(None) | {"event": event}
        assert (await sender.payload("events_api", removed)).status == 200
        assert not sender.bot.services.installations.workspace_ids
        ready = await sender.send(b"", {}, "GET", "/readyz")
        assert (ready.status, ready.body) == (503, b"Slack does not accept the bot token")
        assert b"I am not installed in this workspace, so" in (await sender.types("tip")).body
        assert b"Shall I delete all that I keep about you?" in (await sender.types("forget me")).body
        assert (await sender.presses("roleshift:forget-now")).status == 200
        assert rows_about(tmp_path, EMIL) == [], "what is kept can still be deleted"
    async with sender_to(slack, tmp_path) as sender:
        assert sender.bot.services.installations.workspace_ids, "installed again, it speaks again"
        assert (await sender.payload("events_api", removed)).status == 200
        assert sender.bot.services.installations.workspace_ids, "the old event, delivered again, removes nothing"


# What a verified request shows about its workspace.


async def is_connected(bot: Bot) -> bool:
    found = await bot.services.store.read(lambda tx: tx.scalars(select(schema.workspace.c.disconnected_at)).one())
    return found is None


async def is_refused(bot: Bot) -> None:
    store, now = bot.services.store, bot.services.clock.now()
    await store.write(doubts.doubt, WORKSPACE, now)
    (asked,) = await store.write(doubts.take, now, now, 1)
    assert await store.write(doubts.refused, asked, now, "account_inactive", now)


async def test_only_a_signed_request_connects_its_workspace_again(sender: Sender) -> None:
    bot = sender.bot
    await is_refused(bot)
    assert (await Sender(bot, "0" * 32).types("help")).status == 401
    await bot.edge.background.drain(LONG)
    assert not await is_connected(bot)
    assert (await sender.types("help")).status == 200
    await bot.edge.background.drain(LONG)
    assert await is_connected(bot)


def naming(kind: str, odd: object) -> list[dict[str, object]]:
    """Return events that name a workspace in each of the places where Bolt looks."""
    event = {"type": kind, "user": EMIL, "channel": "D1", "tab": "home"}
    places: list[dict[str, object]] = [{"team_id": odd}, {"team": odd}, {"authorizations": [{"team_id": odd}]}]
    places.append({"team": odd, "team_id": WORKSPACE})
    return [{"type": "event_callback", "event_id": "Ev1", "event": event, **place} for place in places]


KINDS = ("app_home_opened", "app_uninstalled")  # Bolt authorizes the second by itself


async def test_a_team_that_is_no_id_never_reaches_postgresql(migrated_postgres: str, tmp_path: Path) -> None:
    async with bot_for_many(tmp_path, DATABASE_URL=migrated_postgres) as (slack, bot, _):
        sender = Sender(bot, slack.app.signing_secret)
        for event in [event for odd in ODD for kind in KINDS for event in naming(kind, odd)]:
            assert (await sender.payload("events_api", event)).status == 400, event


# Two processes on one database never contradict each other, whatever they have cached.


@pytest.mark.parametrize("line", ["learn streaming", "tips on"])
async def test_a_member_forgotten_by_another_process_starts_afresh(slack: StandIn, tmp_path: Path, line: str) -> None:
    async with sender_to(slack, tmp_path) as first, sender_to(slack, tmp_path) as other:
        await first.types("learn cost spikes")
        await other.presses("roleshift:forget-now")
        assert rows_about(tmp_path, EMIL) == []
        said = (await first.types(line)).text
        assert "broke" not in said
        tables = {row[0] for row in rows_about(tmp_path, EMIL)}
        assert "member" in tables, f"{said!r} was said, and the member was not remembered"
        assert len(tables) > 1
