"""An emulated Slack with two workspaces, and a bot that they can install."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.run.app import Bot
from tests.driver.standin import StandIn
from tests.running import every_row
from tests.slack.talk import Talk
from tests.slack.visitor import Visitor

NORTH, SOUTH = "T01NORTHWIND", "T02SOUTHWIND"
EMIL, ROOM = "U02EMIL", "ai-guild"


@dataclass
class Many:
    """An emulated Slack with two workspaces that have the same member ids, and a bot that they can install."""

    slack: StandIn
    bot: Bot
    address: str
    folder: Path

    def browser(self) -> AbstractAsyncContextManager[Visitor]:
        return Visitor.at(self.address)

    async def install(self, workspace_id: str) -> None:
        """Install the bot, a second later than whatever was before: Slack's times are whole seconds."""
        self.slack.clock.advance(timedelta(seconds=1))
        async with self.browser() as browser:
            assert (await browser.install(workspace_id)).status == 200

    def talk(self, workspace_id: str) -> Talk:
        return Talk(self.slack.drivers[workspace_id], EMIL, ROOM)

    def rows(self, table: str) -> list[tuple[object, ...]]:
        return [row for row in every_row(self.folder) if row[0] == table]
