"""A verified request shows that a workspace still has the app; an id that is none is refused as malformed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.run.app import Bot
from bot.store import doubts
from bot.store.schema import workspace
from tests.driver.standin import StandIn
from tests.patience import LONG
from tests.running import bot_for_many
from tests.slack.posting import Sender, sender_to

WORKSPACE, EMIL = "T01NORTHWIND", "U02EMIL"
COMMAND = {"command": "/roleshift", "text": "help", "team_id": WORKSPACE, "user_id": EMIL}
ODD = ["T\0", "t01", "T" * 33, "T1'--", "T\ud800", 7]


async def is_connected(bot: Bot) -> bool:
    found = await bot.services.store.read(lambda tx: tx.scalars(select(workspace.c.disconnected_at)).one())
    return found is None


async def is_refused(bot: Bot) -> None:
    store, now = bot.services.store, bot.services.clock.now()
    await store.write(doubts.doubt, WORKSPACE, now)
    (asked,) = await store.write(doubts.take, now, now, 1)
    assert await store.write(doubts.refused, asked, now, "account_inactive", now)


@pytest.fixture
async def served(slack: StandIn, tmp_path: Path) -> AsyncIterator[tuple[Sender, Bot]]:
    async with sender_to(slack, tmp_path) as found:
        yield found


async def test_a_request_connects_its_workspace_again(served: tuple[Sender, Bot]) -> None:
    sender, bot = served
    await is_refused(bot)
    assert not await is_connected(bot)
    assert (await sender.payload("slash_commands", COMMAND)).status == 200
    await bot.edge.background.drain(LONG)
    assert await is_connected(bot)


async def test_a_request_without_the_secret_connects_nothing(served: tuple[Sender, Bot]) -> None:
    sender, bot = served
    await is_refused(bot)
    stranger = Sender(sender.asgi, "0" * 32)
    assert (await stranger.payload("slash_commands", COMMAND)).status == 401
    await bot.edge.background.drain(LONG)
    assert not await is_connected(bot)


def naming(kind: str, odd: object) -> list[dict[str, object]]:
    """Return events that name a workspace in each of the places where Bolt looks."""
    event = {"type": kind, "user": EMIL, "channel": "D1", "tab": "home"}
    places: list[dict[str, object]] = [{"team_id": odd}, {"team": odd}, {"authorizations": [{"team_id": odd}]}]
    places.append({"team": odd, "team_id": WORKSPACE})
    return [{"type": "event_callback", "event_id": "Ev1", "event": event, **place} for place in places]


KINDS = ("app_home_opened", "app_uninstalled")  # Bolt authorizes the second by itself


async def test_a_team_that_is_no_id_never_reaches_postgresql(migrated_postgres: str, tmp_path: Path) -> None:
    async with bot_for_many(tmp_path, DATABASE_URL=migrated_postgres) as (slack, bot, _):
        sender = Sender(bot.asgi, slack.signing_secret)
        for event in [event for odd in ODD for kind in KINDS for event in naming(kind, odd)]:
            assert (await sender.payload("events_api", event)).status == 400, event
