"""The Home tab of a person in a test: what it shows, and its buttons."""

from dataclasses import dataclass

from bot.playground.emulator.blocks import Json, elements, options_of
from bot.playground.emulator.changes import Change
from bot.playground.emulator.views import View
from tests.driver.driver import Driver
from tests.driver.outcome import Outcome
from tests.slack.talk import shown


@dataclass
class HomeTab:
    """A person's Home in the emulator."""

    slack: Driver
    who: str
    publications: int = 0  # how often Slack showed this person a Home

    def __post_init__(self) -> None:
        self.slack.workspace.watchers.append(self._count)

    def _count(self, change: Change) -> None:
        if change.kind == "home" and change.subject == self.who:
            self.publications += 1

    async def opens(self) -> str:
        """Open the tab and return its words once the bot has drawn it."""
        await self.slack.open_home(self.who)
        return self.words

    async def shows(self, words: str, *, still: bool = True) -> None:
        """Wait until the Home shows these words, or until it no longer does."""
        async with self.slack.watching(self.who) as outcome:
            while (words in self.words) is not still:
                assert await outcome.changed(self.slack.patience), self.words

    @property
    def view(self) -> View:
        return self.slack.workspace.screens.homes[self.who]

    @property
    def words(self) -> str:
        return shown("", self.view.blocks)

    @property
    def modal(self) -> str:
        return shown("", self.slack.workspace.screens.stacks[self.who][-1].blocks)

    @property
    def labels(self) -> list[str]:
        return [element["text"]["text"] for _, element in elements(self.view.blocks) if element["type"] == "button"]

    async def presses(self, label: str, place: View | None = None) -> Outcome:
        """Press the first button with this label, or choose from the menu behind three dots; in the Home by default."""
        where = place or self.view
        action_id, value = _found(where.blocks, label)
        return await self.slack.click(self.who, where, action_id, value)


def _found(blocks: list[Json], label: str) -> tuple[str, str | None]:
    labels = []
    for _, element in elements(blocks):
        labels.append(element.get("text", {}).get("text", element["type"]))
        if labels[-1] == label:
            return element["action_id"], None
        for option in options_of(element) if element["type"] in {"overflow", "static_select"} else ():
            if option["text"]["text"] == label:
                return element["action_id"], option["value"]
    raise LookupError(f"no [{label}] there; there are: {labels}")
