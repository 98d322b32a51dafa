"""Conversations with the bot: typed lines and pressed buttons, and the words that people then see."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.playground.emulator.blocks import Json, elements, options_of
from bot.playground.emulator.workspace import Message
from tests.driver.driver import Driver
from tests.driver.outcome import Outcome


class Talk:
    """One person's conversation with the bot. A step is typed (`/roleshift tip`) or pressed (`[A tip now]`).

    `[Choose your role: ML Engineer]` picks from a menu. Buttons are looked for on the message seen last.
    `(day=2 time=08:00)` fills in the form on top and sends it; what comes is the form's next text, or its errors.
    """

    def __init__(self, slack: Driver, who: str, where: str | None = None) -> None:
        self.slack, self.who, self.where = slack, who, where
        self.seen: Message | None = None

    @property
    def last(self) -> Message:
        """Return the message seen last."""
        assert self.seen is not None, "nothing was said yet"
        return self.seen

    @last.setter
    def last(self, message: Message) -> None:
        self.seen = message

    async def does(self, step: str) -> str:
        there = [message for channel in self.slack.workspace.messages.values() for message in channel]
        take = {"[": self._press, "(": self._send}.get(step[0], self._type)
        async with self.slack.watching(self.who) as outcome:
            await take(step.strip("[]()"))
            while not (answers := self._answers(outcome, there)) and outcome.view is None and outcome.toast is None:
                assert await outcome.changed(self.slack.patience), f"{step} was not answered"
        assert outcome.toast is None, f"{step}: {outcome.toast}"
        if outcome.view is not None and not answers:
            return "\n".join(outcome.errors.values()) or shown("", outcome.view.blocks)
        assert len(answers) == 1, f"{step} was answered {len(answers)} times"
        before, (self.seen,) = self.seen, answers
        assert self.last.reader == self.who or self.last is before, f"{step} was answered for all to see"
        return words_of(self.last)

    def _answers(self, outcome: Outcome, there: list[Message]) -> list[Message]:
        """Return the new messages, and the pressed one if it was drawn anew.

        Another message may be drawn anew meanwhile, and one in a channel even if it was pressed, which is no answer.
        """
        direct = self.slack.workspace.dm(self.who).id
        return [
            each
            for each in outcome.messages
            if each not in there or (each is self.seen and (each.reader or each.channel == direct))
        ]

    async def _type(self, line: str) -> Outcome:
        return await self.slack.command(self.who, line, self.where)

    async def _send(self, fields: str) -> Outcome:
        (view,) = self.slack.workspace.screens.stacks[self.who]
        return await self.slack.submit(self.who, view, dict(re.findall(r"([\w-]+)=(.*?)(?=\s+[\w-]+=|$)", fields)))

    async def _press(self, label: str) -> Outcome:
        action_id, value = pressed(self.last, label)
        return await self.slack.click(self.who, self.last, action_id, value)


Talks = Callable[..., Talk]  # `talk(who, where)`, which begins a conversation


def pressed(message: Message, label: str) -> tuple[str, str | None]:
    """Return the action id of the button or menu with this label, and the option's value in a menu."""
    name, _, choice = label.partition(": ")
    for element in elements_of(message):
        if element.get("text", {}).get("text") == label:
            return element["action_id"], None
        if element["type"] == "overflow":
            for option in element["options"]:
                if option["text"]["text"] == label:
                    return element["action_id"], option["value"]
        if element.get("placeholder", {}).get("text") == name:
            for option in options_of(element):
                if option["text"]["text"] == choice:
                    return element["action_id"], option["value"]
    raise LookupError(f"no [{label}] there; there are: {', '.join(f'[{each}]' for each in labels_of(message))}")


def elements_of(message: Message) -> Iterator[Json]:
    yield from (element for _, element in elements(message.blocks))


def labels_of(message: Message) -> list[str]:
    """Return the labels of all buttons and menus; the choices of an overflow menu are not among them."""
    every = (each for each in elements_of(message) if each["type"] != "overflow")
    return [(each.get("text") or each["placeholder"])["text"] for each in every]


def choices_of(message: Message) -> list[str]:
    menus = (each for each in elements_of(message) if each["type"] == "overflow")
    return [option["text"]["text"] for menu in menus for option in menu["options"]]


def words_of(message: Message) -> str:
    """Return all text of a message as Slack shows it: `&lt;` as `<`."""
    return shown(message.text, message.blocks or [])


def shown(text: str, blocks: list[Json]) -> str:
    return "\n".join([text, *_texts(blocks)]).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)
