"""The emulator as tests use it: with its page, and with people that a test drives."""

from functools import partial
from pathlib import Path

from bot.playground.demo.guide import first_steps
from bot.playground.demo.sample import sample
from bot.playground.demo.travel import Travel
from bot.playground.emulator.emulator import Emulator
from bot.playground.emulator.events import RETRY_AFTER
from bot.playground.emulator.manifest import SlackApp
from bot.playground.emulator.people import Roster
from bot.playground.page.endpoints import Page
from tests.driver.apps import roleshift
from tests.driver.driver import Driver


class StandIn(Emulator, Driver):
    """An emulated Slack for one test: `async with StandIn() as slack:`.

    `slack.command(…)` is an act of a person in the first workspace; `slack.drivers[id]` act in the other workspaces.
    """

    def __init__(
        self,
        *rosters: Roster,
        app: SlackApp | None = None,
        clock_file: Path | None = None,
        timeout: float = 30.0,
        retry_after: tuple[float, ...] = RETRY_AFTER,
    ) -> None:
        Emulator.__init__(
            self,
            app or roleshift(),
            *(rosters or (sample(),)),
            clock_file=clock_file,
            timeout=timeout,
            retry_after=retry_after,
        )
        Driver.__init__(self, self.acts)
        self.drivers = {key: Driver(acts) for key, acts in self.acts_in.items()}
        self.travel = Travel(self)
        self.page = Page(self, self.travel, self.reset, partial(first_steps, self.travel))
        self.add(self.page)

    def environment(self) -> dict[str, str]:
        """Return the variables that connect the bot. It slows nobody down: a test may be faster than any person."""
        return super().environment() | {"ROLESHIFT_REQUESTS_PER_MINUTE": "1000000"}
