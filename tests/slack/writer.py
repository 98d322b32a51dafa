"""A person who writes to the bot: in a direct message, or in a channel where they mention it."""

import asyncio
from pathlib import Path
from typing import Any

from bot.playground.emulator.workspace import Channel, Message
from bot.run.app import Bot
from jobs.deliver import deliver
from tests.driver.standin import StandIn
from tests.running import every_row

EMIL = "U02EMIL"
GUILD = "C03AIGUILD"  # the bot is in this channel


class Writer:
    """A person who writes to the bot, and the worker that sends the answers when a test asks for it."""

    def __init__(self, slack: StandIn, bot: Bot, who: str = EMIL) -> None:
        self.slack, self.bot, self.who = slack, bot, who

    @property
    def dm(self) -> Channel:
        return self.slack.workspace.dm(self.who)

    async def writes(self, line: str, where: Channel | None = None) -> list[Message]:
        place = where or self.dm
        count = len(self.slack.workspace.messages[place.id])
        told = await self.slack.acts.say(self.slack.workspace.person(self.who), place, line)
        assert told.failure is None
        await self.sends()
        return self.slack.workspace.messages[place.id][count + 1 :]

    async def mentions(self, line: str) -> list[Message]:
        return await self.writes(line, self.slack.workspace.channel(GUILD))

    async def sends(self) -> None:
        await deliver(self.bot.services, asyncio.Event())

    def event(self, **fields: Any) -> dict[str, Any]:
        ts = self.slack.workspace.next_ts()
        about = {"type": "message", "channel": self.dm.id, "channel_type": "im", "user": self.who, "ts": ts}
        return about | {"text": "learn cost spikes"} | fields

    def answers(self) -> list[Message]:
        bot_user = self.slack.workspace.bot_user
        return [each for each in self.slack.workspace.messages[self.dm.id] if each.author == bot_user]


def every_row_of(writer: Writer, table: str) -> list[tuple[Any, ...]]:
    path = str(writer.bot.services.store.engine.url.database)  # type: ignore[attr-defined]  # SQLite's store alone
    return [row for row in every_row(Path(path).parent) if row[0] == table]
