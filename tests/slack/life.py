"""Helpers for tests that last weeks, on a clock that the test moves."""

from datetime import timedelta
from pathlib import Path

from bot.run.services import Services
from jobs import once
from tests.driver.standin import StandIn
from tests.running import rows_about
from tests.slack.talk import Talk

EMIL = "U02EMIL"


class Life:
    """The members of a workspace, the bot that answers and writes to them, and a clock that a test moves."""

    def __init__(self, slack: StandIn, services: Services) -> None:
        self.slack, self.services = slack, services

    def talk(self, who: str = EMIL) -> Talk:
        return Talk(self.slack, who)

    async def says_yes(self) -> Talk:
        """Give Emil a role and opt him in. Return after the welcome."""
        talk = self.talk()
        await talk.does("/roleshift myrole sre")
        await talk.does("/roleshift tips on")
        await once(self.services)
        return talk

    async def until(self, weekday: int) -> None:
        """Move the clock to noon in Berlin on the next such weekday and run the jobs."""
        self.slack.clock.advance(timedelta(hours=1))
        while (self.slack.clock().weekday(), self.slack.clock().hour) != (weekday, 11):
            self.slack.clock.advance(timedelta(hours=1))
        await once(self.services)

    async def until_tuesday(self) -> None:
        await self.until(1)

    def came(self, who: str = EMIL) -> list[Talk]:
        """Return the direct messages; their buttons can be pressed."""
        found = []
        for message in self.slack.workspace.messages[self.slack.workspace.dm(who).id]:
            if message.author == self.slack.workspace.bot_user and not message.ephemeral:
                found.append(Talk(self.slack, who))
                found[-1].last = message
        return found

    async def press(self, came: Talk, label: str) -> str:
        """Press a button of a direct message, which stays as it is."""
        message = came.last
        said = await came.does(f"[{label}]")
        assert came.last is not message, "the answer took the tip's place"
        came.last = message
        return said


def title_of(came: Talk) -> str:
    return came.last.text.partition(": ")[2]


def situation_of(folder: Path) -> dict[str, object]:
    """Return what Emil has: 1 for yes, 0 for no, by need."""
    return {row[3]: row[4] for row in rows_about(folder, EMIL) if row[0] == "situation"}
