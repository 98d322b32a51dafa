"""The workspace as one person sees it, as JSON for the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.changes import Change
from bot.playground.emulator.hub import Hub, writable
from bot.playground.emulator.people import Person
from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import Channel, Message, Workspace


class PageState:
    """The workspace as one person sees it."""

    def __init__(self, hub: Hub, workspace: Workspace, person: Person) -> None:
        self.hub, self.workspace, self.person = hub, workspace, person

    def state(self) -> Json:
        workspace, me = self.workspace, self.person
        everybody = workspace.people.values()
        conversations = workspace.conversations_of(me.id)
        return {
            "workspace": {"name": workspace.name},
            "now": self.now(),
            "last_ts": workspace.last_ts,
            "bot": {"name": workspace.bot_name, "handle": workspace.bot_person.handle, "user_id": workspace.bot_user}
            | {"home_tab": self.hub.app.home_tab, "description": self.hub.app.description},
            "connected": self.hub.delivery.connected,
            "me": _person(me),
            "people": [_person(person) | {"unread": workspace.unread_mail(person.id)} for person in everybody],
            "conversations": [self._conversation(channel) for channel in conversations],
            "messages": {c.id: [self.message(m) for m in workspace.seen_by(me.id, c.id)] for c in conversations},
            "views": self.views(),
            "home": self.home(),
            "commands": list(self.hub.app.commands),
            "shortcuts": list(self.hub.app.shortcuts),
        }

    def change(self, change: Change) -> Json:
        return {"type": change.kind} | CHANGES[change.kind](self, change.subject)

    def now(self) -> str:
        return self.workspace.clock().isoformat(timespec="seconds")

    def unread(self, channel_id: str) -> Json:
        """Return the number of unread messages, and how many of them Slack would count in a badge."""
        unread = self.workspace.unread(self.person.id, channel_id)
        counted = unread
        if self.workspace.channels[channel_id].kind == "channel":
            counted = [message for message in unread if message.mentions(self.person.id)]
        return {"unread": len(unread), "badge": len(counted)}

    def message(self, message: Message) -> Json:
        return {
            "ts": message.ts,
            "conversation": message.channel,
            "author": self._author(message.author),
            "text": message.text,
            "blocks": message.blocks,
            "attachments": message.attachments,
            "files": message.files,
            "reactions": {name: len(people) for name, people in message.reactions.items()},
            "ephemeral": message.ephemeral,
            "edited": message.marked_as_edited,
            "thread_ts": message.thread_ts,
            "reply_count": len(self.workspace.thread(message)),
            "at": message.at.isoformat(),
        }

    def files(self) -> set[str]:
        """Return the ids of the files in the messages that this person sees."""
        rooms = self.workspace.conversations_of(self.person.id)
        messages = (message for room in rooms for message in self.workspace.seen_by(self.person.id, room.id))
        return {file["id"] for message in messages for file in message.files or ()}

    def _author(self, author_id: str) -> Json:
        if author_id == self.workspace.bot_user:
            return {"id": author_id, "name": self.workspace.bot_name, "kind": "bot"}
        if author_id not in self.workspace.people:
            return {"id": author_id, "name": "Slackbot", "kind": "slack"}
        return {"id": author_id, "name": self.workspace.people[author_id].name, "kind": "person"}

    def _conversation(self, channel: Channel) -> Json:
        shape: Json = {"id": channel.id, "name": channel.name, "kind": channel.kind, "topic": channel.topic}
        shape |= {"private": channel.private, "archived": channel.archived}
        return shape | {"writable": writable(self.hub.app, channel)} | self.unread(channel.id)

    def views(self) -> list[Json]:
        return [_view(view) for view in self.workspace.screens.stacks[self.person.id]]

    def home(self) -> Json | None:
        home = self.workspace.screens.homes.get(self.person.id)
        return _view(home) if home else None


def _person(person: Person) -> Json:
    shape = {"id": person.id, "name": person.name, "title": person.title, "tz": person.zone, "kind": person.kind}
    return shape | {"handle": person.handle, "switchable": person.switchable, "note": person.note}


def _view(view: View) -> Json:
    spec = view.spec
    parts = {key: (spec.get(key) or {}).get("text") for key in ("title", "submit", "close")}
    shape = {"id": view.id, "hash": view.hash, "opened": view.opened}
    clears = spec.get("clear_on_close", False)
    return shape | parts | {"blocks": view.blocks, "state_values": view.state, "clear_on_close": clears}


CHANGES: dict[str, Callable[[PageState, Any], Json]] = {
    "message": lambda seen, message: {"message": seen.message(message)},
    "message_deleted": lambda _, message: {"conversation": message.channel, "ts": message.ts},
    "views": lambda seen, _: {"views": seen.views()},
    "home": lambda seen, _: {"home": seen.home()},
    "view_errors": lambda _, told: {"view_id": told[0].id, "errors": told[1]},
    "unread": lambda seen, channel_id: {"conversation": channel_id} | seen.unread(channel_id),
    "mail": lambda seen, person_id: {"person": person_id, "unread": seen.workspace.unread_mail(person_id)},
    "toast": lambda _, text: {"text": text},
    "clock": lambda seen, _: {"now": seen.now()},
    "news": lambda _, text: {"text": text},
    "connected": lambda seen, _: {"connected": seen.hub.delivery.connected},
    "joined": lambda _seen, _: {},
    "reset": lambda _seen, _: {},
}
