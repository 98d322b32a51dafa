"""A workspace that installed the bot through OAuth and whose tokens Slack rotates."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from bot.run.app import Bot
from bot.slack.installed_workspaces import InstalledWorkspaces
from bot.token_keys import TokenKeys
from tests.driver.standin import StandIn
from tests.running import KEY, bot_for_many
from tests.slack.visitor import Visitor

NORTH, EMIL = "T01NORTHWIND", "U02EMIL"
HOUR = timedelta(hours=1)
METRICS_TOKEN = "m" * 32


@dataclass
class Installed:
    """A workspace with rotating tokens, and two processes that serve it."""

    slack: StandIn
    bot: Bot
    address: str
    folder: Path

    @property
    def first(self) -> InstalledWorkspaces:
        assert isinstance(self.bot.services.installations, InstalledWorkspaces)
        return self.bot.services.installations

    def another(self) -> InstalledWorkspaces:
        return InstalledWorkspaces(self.bot.services.store, self.bot.services.clock, TokenKeys(KEY), self.first.app)

    @classmethod
    @asynccontextmanager
    async def in_folder(cls, folder: Path) -> AsyncIterator[Self]:
        more = {"clock_file": folder / "clock", "token_rotation": True, "ROLESHIFT_METRICS_TOKEN": METRICS_TOKEN}
        async with bot_for_many(folder, **more) as (slack, bot, address):  # type: ignore[arg-type]  # of several types
            found = cls(slack, bot, address, folder)
            await found.install()
            yield found

    async def install(self) -> None:
        self.slack.clock.advance(timedelta(seconds=1))
        async with Visitor.at(self.address) as browser:
            assert (await browser.install(NORTH)).status == 200

    async def uninstall(self) -> None:
        self.slack.clock.advance(timedelta(seconds=1))
        await self.slack.uninstall()
