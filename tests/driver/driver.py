"""Let people act in an emulated workspace. Each act reaches the app, and returns what the person then sees."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot.playground.emulator.acts import Acts
from bot.playground.emulator.blocks import Json, elements, filled
from bot.playground.emulator.delivery import Answer
from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import Channel, Message
from tests.driver.outcome import Outcome

Place = Message | View | Outcome


class Driver:
    """Acts of people in one workspace; `patience` is how long to wait for something to be seen."""

    def __init__(self, acts: Acts, patience: float = 30.0) -> None:
        self.acts, self.patience, self.workspace = acts, patience, acts.workspace

    def said(self, channel: str) -> list[Message]:
        """Return what the app said in a channel for all to see."""
        bot = self.workspace.bot_user
        return [each for each in self.workspace.messages[channel] if each.author == bot and each.reader is None]

    async def command(self, person_id: str, line: str, where: str | None = None, times: int = 1) -> Outcome:
        """Type a whole line, such as `/roleshift myrole`. `where` is a channel's id, its name, or "dm"."""
        person, channel = self.workspace.person(person_id), self._channel(person_id, where)
        return await self._see(person_id, lambda: self.acts.say(person, channel, line), times)

    say = command

    async def click(
        self,
        person_id: str,
        where: Place,
        action_id: str,
        value: object = None,
        times: int = 1,
        *,
        typed: Mapping[str, object] | None = None,
    ) -> Outcome:
        """Press a button or choose in a menu (`value`: the value of the option, the date, the id …).

        `typed`: what was filled into a form before, by action_id or block_id.
        """
        place = self._place(where)
        state = _filled_in(place, typed or {}) if isinstance(place, View) else None
        _, element = _find(place.blocks, action_id)
        action = {"type": "button"} if element["type"] == "button" else filled(element, value)
        person, action = self.workspace.person(person_id), {**action, "action_id": element["action_id"]}
        return await self._see(person_id, lambda: self.acts.click(person, place, action, state), times)

    async def shortcut(
        self, person_id: str, callback_id: str, message: Message | None = None, times: int = 1
    ) -> Outcome:
        """Use a global shortcut, or one from a message's menu."""
        person = self.workspace.person(person_id)
        return await self._see(person_id, lambda: self.acts.shortcut(person, callback_id, message), times)

    async def submit(
        self,
        person_id: str,
        where: View | Outcome,
        values: Mapping[str, object] | None = None,
        *,
        unchecked: bool = False,
        times: int = 1,
    ) -> Outcome:
        """Fill in elements (by action_id or block_id) with plain values and submit the form.

        `unchecked` skips what Slack's client checks itself: required fields and lengths.
        """
        view = self._place(where)
        if not isinstance(view, View):
            raise TypeError("only a modal can be submitted")
        state = _filled_in(view, values or {})
        person = self.workspace.person(person_id)
        return await self._see(person_id, lambda: self.acts.submit(person, view, state, unchecked=unchecked), times)

    async def save(
        self, person_id: str, values: Mapping[str, object] | None = None, *, unchecked: bool = False
    ) -> Outcome:
        """Submit the form on top. Wait for its errors, for what replaces it or, once it is closed, for a message."""
        view = self.workspace.screens.stacks[person_id][-1]
        async with self.watching(person_id) as outcome:
            await self.submit(person_id, view, values, unchecked=unchecked)
            while not (outcome.messages or outcome.view):
                if not await outcome.changed(self.patience):
                    raise AssertionError("the form closed, and no message came")
        return outcome

    async def close(self, person_id: str, where: View | Outcome, *, whole_stack: bool = False) -> Outcome:
        view = self._place(where)
        if not isinstance(view, View):
            raise TypeError("only a modal can be closed")
        person = self.workspace.person(person_id)
        return await self._see(person_id, lambda: self.acts.close(person, view, whole_stack=whole_stack))

    def reads(self, person_id: str, where: str) -> list[Message]:
        """Return the messages that a person sees in a conversation, without the replies in threads."""
        seen = self.workspace.seen_by(person_id, self._channel(person_id, where).id)
        return [message for message in seen if not message.is_reply]

    def thread(self, message: Message) -> list[Message]:
        return self.workspace.thread(message)

    async def open_home(self, person_id: str, tab: str = "home") -> Outcome:
        return await self._see(person_id, lambda: self.acts.open_home(self.workspace.person(person_id), tab))

    async def event(self, event: Json, times: int = 1) -> list[Answer]:
        """Send copies of an event at once, with one event_id, and return the acknowledgements."""
        return await self.acts.events.deliver(event, times)

    async def change_person(self, person_id: str, **fields: Any) -> list[Answer]:
        person = self.workspace.change_person(person_id, **fields)
        return await self.event(
            {"type": "user_change", "user": person.as_slack(self.workspace.id, self.workspace.clock())}
        )

    async def grant(self) -> Answer:
        self.acts.hub.oauth.granted.add(self.workspace.id)
        event = {"type": "team_access_granted", "team_ids": [self.workspace.id]}
        return await self.acts.events.tell_organisation(event)

    async def withdraw(self) -> Answer:
        """Take the organisation's installation from this workspace."""
        self.acts.hub.oauth.granted.discard(self.workspace.id)
        event = {"type": "team_access_revoked", "team_ids": [self.workspace.id]}
        return await self.acts.events.tell_organisation(event)

    async def uninstall_everywhere(self) -> Answer:
        self.acts.hub.oauth.remove(None)
        return await self.acts.events.tell_organisation({"type": "app_uninstalled"})

    async def uninstall(self) -> list[Answer]:
        """Remove the app. Its token stops working before it gets the event, which is the last that it gets."""
        self.workspace.token_works = False
        self.acts.hub.oauth.remove(self.workspace)
        tokens = await self.event({"type": "tokens_revoked", "tokens": {"bot": [self.workspace.bot_user]}})
        gone = await self.event({"type": "app_uninstalled"})
        self.workspace.installed = False
        return tokens + gone

    @asynccontextmanager
    async def watching(self, person_id: str) -> AsyncIterator[Outcome]:
        """Collect what a person sees while the block runs."""
        outcome = Outcome(self.workspace, person_id)
        outcome.start()
        try:
            yield outcome
        finally:
            outcome.stop()

    async def _see(self, person_id: str, act: Callable[[], Awaitable[Answer]], times: int = 1) -> Outcome:
        async with self.watching(person_id) as outcome:
            answers = await asyncio.gather(*(act() for _ in range(times)))
            if any(answer.failure is None for answer in answers):
                await outcome.changed(self.patience)
        return outcome

    def _channel(self, person_id: str, where: str | None) -> Channel:
        if where is None:
            return self.workspace.conversations_of(person_id)[0]
        if where == "dm":
            return self.workspace.dm(person_id)
        return next(c for c in self.workspace.channels.values() if where in (c.id, c.name))

    def _place(self, where: Place) -> Message | View:
        """Return what an outcome shows on top: a modal hides the messages."""
        if isinstance(where, Outcome):
            return where.view or where.message
        return where


def _find(blocks: list[Json] | None, name: str) -> tuple[Json, Json]:
    there = list(elements(blocks))
    for block, element in there:
        if element["action_id"] == name:
            return block, element
    for block, element in there:
        if block["block_id"] == name:
            return block, element
    known = ", ".join(element["action_id"] for _, element in there)
    raise LookupError(f"no element {name!r} there; there are: {known}")


def _filled_in(view: View, values: Mapping[str, object]) -> Json:
    state: Json = {block_id: dict(entries) for block_id, entries in view.state.items()}
    for name, value in values.items():
        block, element = _find(view.blocks, name)
        state.setdefault(block["block_id"], {})[element["action_id"]] = filled(element, value)
    return state
