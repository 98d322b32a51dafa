"""Slack's own `/invite`, which brings an app or people into a channel, and its offer to invite a mentioned app."""

from __future__ import annotations

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.changes import Change
from bot.playground.emulator.people import Person
from bot.playground.emulator.refusal import CannotDo
from bot.playground.emulator.workspace import SLACKBOT, Channel, Message, Workspace

COMMAND = "/invite"
INVITE_THEM, DO_NOTHING = "slack:invite-them", "slack:do-nothing"


def invite(workspace: Workspace, inviter: Person, channel: Channel, words: str) -> None:
    """Add everybody who is named in `words` to a channel, and post who was added."""
    if channel.kind != "channel":
        raise CannotDo(f"{COMMAND} works in channels only. Open a channel and type it there.")
    if not words.split():
        raise CannotDo(f"Type a name behind it, such as {COMMAND} @{workspace.bot_person.handle}.")
    invited = [_find(workspace, name) for name in words.split()]
    for known in invited:
        if known.id in channel.members:
            raise CannotDo(f"{known.name} is in #{channel.name} already.")
    for newcomer in invited:
        channel.members.add(newcomer.id)
        workspace.tell(Change("joined", frozenset({newcomer.id})))
        workspace.post(channel.id, newcomer.id, f"was added to #{channel.name} by {inviter.name}.")


def offer(workspace: Workspace, mention: Message) -> None:
    """Ask the author of a message, beside it, whether to invite the app that it mentions."""
    words = f"<@{workspace.bot_user}> isn't in this channel. Invite them?"
    buttons: list[Json] = [
        {"type": "button", "action_id": action_id, "value": mention.ts, "text": {"type": "plain_text", "text": label}}
        for action_id, label in ((INVITE_THEM, "Invite Them"), (DO_NOTHING, "Do Nothing"))
    ]
    section = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    blocks: list[Json] = [section, {"type": "actions", "elements": buttons}]
    fields: Json = {"blocks": blocks, "reader": mention.author, "thread_ts": mention.thread_ts}
    workspace.post(mention.channel, SLACKBOT, words, **fields)


def _find(workspace: Workspace, name: str) -> Person:
    wanted = name.removeprefix("@").lower()
    everybody = [workspace.bot_person, *(person for person in workspace.people.values() if not person.deleted)]
    for person in everybody:
        if wanted in (person.handle, person.name.lower()):
            return person
    raise CannotDo(f"Nobody here is called {name}.")
