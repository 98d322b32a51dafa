"""The state of one workspace: people, channels, messages and what each person has read."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from bot.playground.emulator.blocks import Json, Spot, with_ids
from bot.playground.emulator.changes import Change
from bot.playground.emulator.clock import Clock, real_time
from bot.playground.emulator.one_time_tokens import OneTimeTokens
from bot.playground.emulator.people import GUESTS, Person, Room, Roster
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.views import Screens

SLACKBOT = "USLACKBOT"


@dataclass
class Channel:
    """A channel, public or private, or a person's direct messages with the app."""

    id: str
    name: str
    kind: Literal["channel", "dm"]
    members: set[str]
    topic: str = ""
    archived: bool = False
    person: str | None = None
    private: bool = False

    @property
    def spot(self) -> Spot:
        """Return the id and the kind, as the filter of a conversation picker names kinds."""
        return Spot(self.id, "im" if self.kind == "dm" else "private" if self.private else "public")

    @property
    def name_in_payloads(self) -> str:
        """Return what Slack calls it in commands and clicks, which hides the name of a private channel."""
        return "directmessage" if self.kind == "dm" else "privategroup" if self.private else self.name


@dataclass
class Message:
    """One message; an ephemeral one has a `reader`, and only that person ever sees it."""

    ts: str
    channel: str
    author: str
    text: str
    at: datetime
    blocks: list[Json] | None = None
    metadata: Json | None = None
    thread_ts: str | None = None
    reader: str | None = None
    edited: bool = False
    files: list[Json] | None = None
    attachments: list[Json] | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)  # who reacted, by the emoji's name

    @property
    def ephemeral(self) -> bool:
        return self.reader is not None

    @property
    def marked_as_edited(self) -> bool:
        """Return whether the message is marked as "(edited)". Slack marks text, but never blocks."""
        return self.edited and not self.blocks

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in (None, self.ts)

    def mentions(self, person_id: str) -> bool:
        """Return whether the message notifies a person by name, or everybody in its channel."""
        words = self.text + json.dumps(self.blocks or "")
        signs = (f"<@{person_id}>", f"<@{person_id}|", f'"{person_id}"', "<!channel", "<!here", "<!everyone")
        return any(sign in words for sign in signs)


@dataclass
class File:
    """A file that the app announces, uploads, then shares once. `secret` is the last part of its upload address."""

    id: str
    workspace: str
    name: str
    length: int
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    content: bytes | None = None
    shared: bool = False
    title: str = ""


class Workspace:
    """The state of one workspace. It does not depend on HTTP, and takes every time from `clock`."""

    def __init__(self, roster: Roster, clock: Clock = real_time, bot_name: str = "app") -> None:
        self.id, self.name, self.clock, self._roster = roster.id, roster.name, clock, roster
        self.domain = "-".join(roster.name.lower().split())
        self.bot_token = f"xoxb-playground-{roster.id}-{secrets.token_hex(12)}"
        self.bot_name, self.bot_id, self.bot_user = bot_name, f"B{roster.id[1:]}", f"UBOT{roster.id[1:]}"
        self.bot_person = Person(self.bot_user, bot_name, zone="America/Los_Angeles", kind="bot")
        # Slack itself has an account in every workspace, and does not call it a bot.
        self.slackbot = Person(SLACKBOT, "Slackbot", zone="America/Los_Angeles", switchable=False)
        self.watchers: list[Callable[[Change], None]] = []
        self._begin()

    def _begin(self) -> None:
        """Set up what changes later."""
        roster = self._roster
        self.installed = self.token_works = True
        self.scopes: frozenset[str] | None = None  # those that were granted through OAuth; None: all of the app's
        self.people: dict[str, Person] = {person.id: person for person in roster.people}
        self.groups, self.paid = {group.id: group for group in roster.groups}, roster.paid
        self.channels = {room.id: self._furnish(room, roster) for room in roster.rooms}
        self.messages: dict[str, list[Message]] = defaultdict(list)
        self.one_time_tokens = OneTimeTokens(self.clock)
        self.screens = Screens(self.tell, self.next_ts)
        self.unsupported_blocks: set[str] = set()  # types of blocks that this workspace refuses, such as charts
        self.offered: dict[tuple[str, str], list[Json]] = defaultdict(list)  # by an app, to a person in a menu
        self._read: dict[tuple[str, str], str] = {}
        self._last_ts = 0

    def reset(self) -> None:
        """Go back to the start: the roster's people and channels, no messages. The app's token stays."""
        self._begin()
        self.tell(Change("reset", None))

    def _furnish(self, room: Room, roster: Roster) -> Channel:
        regulars = [p.id for p in roster.people if p.kind not in GUESTS and not p.deleted]
        members = {*(regulars if room.members is None else room.members), *room.guests}
        if room.bot_is_in:
            members.add(self.bot_user)
        return Channel(room.id, room.name, "channel", members, room.topic, room.archived, private=room.private)

    def tell(self, change: Change) -> None:
        for watcher in list(self.watchers):
            watcher(change)

    # People and places

    def person(self, person_id: str) -> Person:
        accounts = {account.id: account for account in (self.bot_person, self.slackbot)} | self.people
        if person_id not in accounts:
            raise SlackRefusal("user_not_found")
        return accounts[person_id]

    def change_person(self, person_id: str, **fields: Any) -> Person:  # noqa: ANN401 -- any field of Person
        """Change an account as an administrator does. A deactivated account leaves every channel."""
        person = self.people[person_id] = replace(self.people[person_id], **fields)
        if person.deleted:
            for channel in self.channels.values():
                if channel.kind == "channel":
                    channel.members.discard(person_id)
        return person

    def change_group(self, group_id: str, **fields: Any) -> None:  # noqa: ANN401 -- any field of UserGroup
        """Change a user group as an administrator does: who is in it, or whether it is disabled."""
        self.groups[group_id] = replace(self.groups[group_id], **fields)

    def channel(self, channel_id: str) -> Channel:
        if channel_id not in self.channels:
            raise SlackRefusal("channel_not_found")
        return self.channels[channel_id]

    def dm(self, person_id: str) -> Channel:
        """Return the direct messages between the app and a person. Open them if necessary."""
        channel_id = f"D{person_id[1:]}"
        if channel_id not in self.channels:
            members = {person_id, self.bot_user}
            self.channels[channel_id] = Channel(channel_id, self.bot_name, "dm", members, person=person_id)
        return self.channels[channel_id]

    def conversations_of(self, person_id: str) -> list[Channel]:
        """Return every channel that the person is in, then their direct messages with the app."""
        rooms = [c for c in self.channels.values() if c.kind == "channel" and person_id in c.members]
        return [*rooms, self.dm(person_id)]

    # Messages

    @property
    def last_ts(self) -> str:
        """Return the last timestamp that was given to a message."""
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_ts(self, at: datetime | None = None) -> str:
        """Return a new timestamp. It is the highest so far, even if the clock was set back."""
        micros = round((at or self.clock()).timestamp() * 1_000_000)
        self._last_ts = max(micros, self._last_ts + 1)
        return self.last_ts

    def check_supported(self, blocks: list[Json] | None) -> None:
        """Refuse blocks of a type that this workspace does not show, as Slack does before it rolled a type out."""
        for index, block in enumerate(blocks or ()):
            if block["type"] in self.unsupported_blocks:
                raise SlackRefusal(
                    "invalid_blocks", f"unsupported type: {block['type']} [json-pointer:/blocks/{index}/type]"
                )

    def post(
        self,
        channel_id: str,
        author: str,
        text: str,
        at: datetime | None = None,
        **fields: Any,  # noqa: ANN401 -- of Message
    ) -> Message:
        """Post a message now, or as if it had been posted in the past, but after all others."""
        channel = self.channel(channel_id)
        message = Message(self.next_ts(at), channel_id, author, text, at or self.clock(), **fields)
        if message.blocks is not None:
            message.blocks = with_ids(message.blocks)
        self.messages[channel_id].append(message)
        if message.reader is None:
            self._read[author, channel_id] = message.ts
        self.tell(Change("message", self.readers(message), message))
        if message.reader is None:
            self._tell_unread(channel, frozenset(channel.members - {author, self.bot_user}))
        return message

    def edit(
        self,
        message: Message,
        text: str,
        blocks: list[Json] | None,
        metadata: Json | None = None,
        attachments: list[Json] | None = None,
    ) -> None:
        """Change a message's content. `{}` removes its metadata."""
        message.text, message.edited, message.attachments = text, True, attachments
        message.blocks = with_ids(blocks) if blocks else None
        message.metadata = message.metadata if metadata is None else metadata or None
        self.tell(Change("message", self.readers(message), message))

    def react(self, message: Message, person_id: str, name: str) -> None:
        message.reactions.setdefault(name, []).append(person_id)
        self.tell(Change("message", self.readers(message), message))

    def remove(self, message: Message) -> None:
        self.messages[message.channel].remove(message)
        self.tell(Change("message_deleted", self.readers(message), message))

    def find(self, channel_id: str, ts: str, reader: str | None = None) -> Message:
        """Return a message that everybody may see or, with `reader`, also one that only that person sees."""
        for message in reversed(self.messages[channel_id]):
            if message.ts == ts and message.reader in (None, reader):
                return message
        raise SlackRefusal("message_not_found")

    def readers(self, message: Message) -> frozenset[str]:
        return frozenset({message.reader} if message.reader else self.channel(message.channel).members)

    def seen_by(self, person_id: str, channel_id: str) -> list[Message]:
        return [m for m in self.messages[channel_id] if m.reader in (None, person_id)]

    def thread_of(self, channel_id: str, ts: str) -> str:
        """Return the ts of the thread of a message that everybody may see. A reply's thread is that of its parent."""
        try:
            message = self.find(channel_id, ts)
        except SlackRefusal:
            raise SlackRefusal("thread_not_found") from None
        return message.thread_ts or message.ts

    def thread(self, message: Message) -> list[Message]:
        """Return the replies to a message that everybody may see."""
        return [m for m in self.messages[message.channel] if m.is_reply and m.thread_ts == message.ts and not m.reader]

    # Reading

    def unread(self, person_id: str, channel_id: str) -> list[Message]:
        """Return what a person has not read; replies are left out, because they wait in their thread."""
        last = self._read.get((person_id, channel_id), "")
        new = [m for m in self.messages[channel_id] if m.ts > last and m.reader is None and not m.is_reply]
        return [message for message in new if message.author != person_id]

    def mark_read(self, person_id: str, channel_id: str) -> None:
        if messages := self.messages[channel_id]:
            self._read[person_id, channel_id] = messages[-1].ts
        self._tell_unread(self.channel(channel_id), frozenset({person_id}))

    def unread_mail(self, person_id: str) -> int:
        """Return the number of the app's direct messages that this person has not read."""
        return len(self.unread(person_id, self.dm(person_id).id))

    def _tell_unread(self, channel: Channel, readers: frozenset[str]) -> None:
        self.tell(Change("unread", readers, channel.id))
        if channel.person is not None:  # everybody's page shows who has unread direct messages
            self.tell(Change("mail", None, channel.person))
