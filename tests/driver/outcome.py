"""What changes for a person after they did something."""

import asyncio

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.changes import Change
from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import Message, Workspace


class Outcome:
    """Fills up as things change for its person; it shows the latest of each kind."""

    def __init__(self, workspace: Workspace, person_id: str) -> None:
        self.workspace, self.person_id = workspace, person_id
        self.messages: list[Message] = []
        self.deleted: list[Message] = []
        self.errors: dict[str, str] = {}
        self.toast: str | None = None
        self._news = asyncio.Event()

    def note(self, change: Change) -> None:
        if change.readers is not None and self.person_id not in change.readers:
            return
        match change.kind:
            case "message":
                if change.subject.author == self.person_id:
                    return
                self.messages.append(change.subject)
            case "message_deleted":
                self.deleted.append(change.subject)
            case "view_errors":
                self.errors = change.subject[1]
            case "toast":
                self.toast = change.subject
            case "unread" | "clock" | "connected" | "joined":
                return
        self._news.set()

    def start(self) -> None:
        self.workspace.watchers.append(self.note)

    def stop(self) -> None:
        self.workspace.watchers.remove(self.note)

    async def changed(self, patience: float) -> bool:
        """Return whether anything changed since the last call. Wait up to `patience` seconds for a change."""
        try:
            async with asyncio.timeout(patience):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True

    @property
    def message(self) -> Message:
        if not self.messages:
            raise AssertionError(f"{self.person_id} saw no message; toast: {self.toast}, errors: {self.errors}")
        return self.messages[-1]

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def blocks(self) -> list[Json]:
        return self.message.blocks or []

    @property
    def view(self) -> View | None:
        stack = self.workspace.screens.stacks[self.person_id]
        return stack[-1] if stack else None

    @property
    def form(self) -> View:
        """Return the modal on top, where there must be one."""
        assert self.view is not None, f"{self.person_id} has no form open; errors: {self.errors}"
        return self.view

    @property
    def home(self) -> View | None:
        return self.workspace.screens.homes.get(self.person_id)
