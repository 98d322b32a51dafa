"""Slack's own `/invite`, which brings an app or people into a channel."""

from __future__ import annotations

from bot.playground.emulator.changes import Change
from bot.playground.emulator.people import Person
from bot.playground.emulator.refusal import CannotDo
from bot.playground.emulator.workspace import Channel, Workspace

COMMAND = "/invite"


def invite(workspace: Workspace, inviter: Person, channel: Channel, words: str) -> None:
    """Add everybody who is named in `words` to a channel, and post who was added."""
    if channel.kind != "channel":
        raise CannotDo(f"{COMMAND} works in channels only. Open a channel and type it there.")
    if not words.split():
        raise CannotDo(f"Type a name behind it, such as {COMMAND} @{workspace.bot_name}.")
    invited = [_find(workspace, name) for name in words.split()]
    for known in invited:
        if known.id in channel.members:
            raise CannotDo(f"{known.name} is in #{channel.name} already.")
    for newcomer in invited:
        channel.members.add(newcomer.id)
        workspace.tell(Change("joined", frozenset({newcomer.id}), channel.id))
        workspace.post(channel.id, newcomer.id, f"was added to #{channel.name} by {inviter.name}.")


def _find(workspace: Workspace, name: str) -> Person:
    wanted = name.removeprefix("@").lower()
    everybody = [workspace.bot_person, *(person for person in workspace.people.values() if not person.deleted)]
    for person in everybody:
        if wanted in (person.handle, person.name.lower()):
            return person
    raise CannotDo(f"Nobody here is called {name}.")
