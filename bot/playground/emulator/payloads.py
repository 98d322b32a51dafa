"""What Slack sends to an app: commands, clicks, modals and events, field by field as Slack shapes them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from bot.playground.emulator.blocks import Json, elements, state_values
from bot.playground.emulator.manifest import SlackApp
from bot.playground.emulator.people import Person
from bot.playground.emulator.views import View
from bot.playground.emulator.workspace import Channel, Message, Workspace

# What a person types, and what `should_escape` makes of it.
_REFERENCE = re.compile(r"(?<![\w@#.])([@#])([\w.-]*\w)|(https?://[^\s<>]+)")
BROADCASTS = {"channel", "here", "everyone"}


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(workspace: Workspace, text: str, *, named: bool = False) -> str:
    """Return typed text as Slack sends it: `&<>` are escaped; people, channels, broadcasts and links are references.

    With `named`, references have the person's name (`<@U02EMIL|emil.brandt>`), as in commands but not in messages.
    """

    def reference(match: re.Match[str]) -> str:
        sign, name, link = match.groups()
        if link:
            return f"<{link}>"
        found = _person_reference(workspace, name, named=named) if sign == "@" else _channel_reference(workspace, name)
        return found or match.group()

    return _REFERENCE.sub(reference, escape(text))


def _person_reference(workspace: Workspace, name: str, *, named: bool) -> str | None:
    if name in BROADCASTS:
        return f"<!{name}>"
    for person in [*workspace.people.values(), workspace.bot_person]:
        handle, first = person.handle, person.name.split()[0].lower()
        if name.lower() in (handle, handle.split(".")[0], first, person.id.lower()):
            return f"<@{person.id}|{handle}>" if named else f"<@{person.id}>"
    for group in workspace.groups.values():
        if name.lower() == group.handle and not group.disabled:
            return f"<!subteam^{group.id}|@{group.handle}>"
    return None


def _channel_reference(workspace: Workspace, name: str) -> str | None:
    named = (c for c in workspace.channels.values() if c.kind == "channel" and c.name == name.lower())
    return next((f"<#{channel.id}|{channel.name}>" for channel in named), None)


@dataclass(frozen=True)
class Payloads:
    """Builds what one app is sent from one workspace; `url` is the emulator's own address."""

    app: SlackApp
    workspace: Workspace
    url: str
    organisation: str | None = None  # to which the workspace belongs
    is_for_all: bool = False  # whether the organisation's installation serves the workspace

    def command(self, person: Person, channel: Channel, command: str, text: str) -> Json:
        return {
            "token": "verification-tokens-are-deprecated",
            "team_id": self.workspace.id,
            "team_domain": self.workspace.domain,
            "channel_id": channel.id,
            "channel_name": channel.name_in_payloads,
            "user_id": person.id,
            "user_name": person.handle,
            "command": command,
            "text": typed(self.workspace, text, named=True) if self.app.should_escape else text,
            "api_app_id": self.app.id,
            **({} if self.organisation is None else {"enterprise_id": self.organisation}),
            "is_enterprise_install": str(self.is_for_all).lower(),
            "response_url": self._reply_url(person.id, channel.id),
            "trigger_id": self.workspace.one_time_tokens.trigger(person.id, channel.spot),
        }

    def shortcut(self, person: Person, callback_id: str, message: Message | None) -> Json:
        """Return the payload of a shortcut. A global one tells no place: it has no channel and no response_url."""
        base = self._base("shortcut" if message is None else "message_action", person)
        payload = base | {"callback_id": callback_id, "action_ts": f"{self.workspace.clock().timestamp():.6f}"}
        if message is None:
            return payload | {"trigger_id": self.workspace.one_time_tokens.trigger(person.id)}
        channel = self.workspace.channel(message.channel)
        return payload | {
            "trigger_id": self.workspace.one_time_tokens.trigger(person.id, channel.spot),
            "channel": {"id": channel.id, "name": channel.name_in_payloads},
            "message_ts": message.ts,
            "message": self.message(message),
            "response_url": self._reply_url(person.id, channel.id),
        }

    def message_click(self, person: Person, message: Message, action: Json, state: Json | None) -> Json:
        """Return the payload of a click in a message. Slack leaves out the content of an ephemeral message."""
        channel = self.workspace.channel(message.channel)
        where: Json = {"message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": message.ephemeral}
        if thread_ts := self._thread_ts(message):
            where["thread_ts"] = thread_ts
        payload = self._base("block_actions", person) | {
            "container": {"type": "message", **where},
            "channel": {"id": channel.id, "name": channel.name_in_payloads},
            "trigger_id": self.workspace.one_time_tokens.trigger(person.id, channel.spot),
            "state": {"values": state_values(message.blocks, state)},
            "response_url": self._reply_url(person.id, channel.id, message.ts),
            "actions": [action],
        }
        return payload if message.ephemeral else payload | {"message": self.message(message, with_metadata=True)}

    def view_click(self, person: Person, view: View, action: Json) -> Json:
        """Return the payload of a click in a modal or in Home. It has no response_url."""
        return self._base("block_actions", person) | {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self.workspace.one_time_tokens.trigger(person.id, view.conversation),
            "view": self.view(view),
            "actions": [action],
        }

    def suggestion(self, person: Person, where: Message | View, element: Json, block_id: str, typed_in: str) -> Json:
        """Return the payload that asks an app for the options of an `external_select`."""
        payload = self._base("block_suggestion", person) | {
            "action_id": element["action_id"],
            "block_id": block_id,
            "value": typed_in,
        }
        if isinstance(where, View):
            return payload | {"container": {"type": "view", "view_id": where.id}, "view": self.view(where)}
        channel = self.workspace.channel(where.channel)
        return payload | {
            "container": {"type": "message", "message_ts": where.ts, "channel_id": channel.id},
            "channel": {"id": channel.id, "name": channel.name_in_payloads},
            "message": self.message(where),
        }

    def submission(self, person: Person, view: View) -> Json:
        return self._base("view_submission", person) | {
            "trigger_id": self.workspace.one_time_tokens.trigger(person.id, view.conversation),
            "view": self.view(view),
            "response_urls": list(self._chosen_urls(person, view)),
        }

    def _chosen_urls(self, person: Person, view: View) -> Iterator[Json]:
        """Return a response url for each picked conversation whose picker has `response_url_enabled`."""
        for block, element in elements(view.blocks):
            state = view.state.get(block["block_id"], {}).get(element["action_id"], {})
            chosen = state.get("selected_channel") or state.get("selected_conversation")
            if element.get("response_url_enabled") and chosen:
                where = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen}
                yield where | {"response_url": self._reply_url(person.id, chosen)}

    def closed(self, person: Person, view: View, *, is_cleared: bool) -> Json:
        return self._base("view_closed", person) | {"view": self.view(view), "is_cleared": is_cleared}

    def event(self, event: Json) -> Json:
        """Return an `event_callback`. When Slack sends it again, its `event_id` stays the same."""
        now = self.workspace.clock()
        authorization = {
            "enterprise_id": self.organisation,
            "team_id": self.workspace.id,
            "user_id": self.workspace.bot_user,
        }
        return {
            "token": "verification-tokens-are-deprecated",
            "team_id": self.workspace.id,
            "api_app_id": self.app.id,
            "event": {"event_ts": f"{now.timestamp():.6f}", **event},
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(now.timestamp()),
            "authorizations": [authorization | {"is_bot": True, "is_enterprise_install": self.is_for_all}],
            "is_ext_shared_channel": False,
            "event_context": secrets.token_urlsafe(12),
        }

    def view(self, view: View) -> Json:
        spec = view.spec
        return {
            "title": spec.get("title"),
            "close": spec.get("close"),
            "submit": spec.get("submit"),
            "id": view.id,
            "team_id": self.workspace.id,
            "type": spec["type"],
            "blocks": view.blocks,
            "private_metadata": spec.get("private_metadata", ""),
            "callback_id": spec.get("callback_id", ""),
            "external_id": spec.get("external_id", ""),
            "state": {"values": view.state},
            "hash": view.hash,
            "clear_on_close": spec.get("clear_on_close", False),
            "notify_on_close": spec.get("notify_on_close", False),
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
            "app_id": self.app.id,
            "app_installed_team_id": self.organisation if self.is_for_all else self.workspace.id,
            "bot_id": self.workspace.bot_id,
        }

    def message(self, message: Message, *, with_metadata: bool = False) -> Json:
        """Return a message as payloads, the history and the answer to a post show it."""
        shape: Json = {"type": "message", "user": message.author, "ts": message.ts, "text": message.text}
        if message.author == self.workspace.bot_user:
            shape |= {"bot_id": self.workspace.bot_id, "app_id": self.app.id}
        shape["team"] = self.workspace.id
        optional = {
            "blocks": message.blocks,
            "files": message.files,
            "attachments": message.attachments,
            "reactions": [
                {"name": name, "users": people, "count": len(people)} for name, people in message.reactions.items()
            ]
            or None,
            "thread_ts": self._thread_ts(message),
            "reply_count": len(self.workspace.thread(message)) or None,
            "metadata": message.metadata if with_metadata else None,
            "edited": {"user": message.author, "ts": message.ts} if message.edited else None,
        }
        return shape | {key: value for key, value in optional.items() if value is not None}

    def _thread_ts(self, message: Message) -> str | None:
        """Return the thread of a reply, or of a message that has replies."""
        return message.thread_ts or (message.ts if self.workspace.thread(message) else None)

    def _base(self, kind: str, person: Person) -> Json:
        workspace = self.workspace
        return {
            "type": kind,
            "team": {"id": workspace.id, "domain": workspace.domain},
            "enterprise": None if self.organisation is None else {"id": self.organisation, "name": "Organisation"},
            "is_enterprise_install": self.is_for_all,
            "user": {
                "id": person.id,
                "username": person.handle,
                "name": person.handle,
                "team_id": person.home(workspace.id),
            },
            "api_app_id": self.app.id,
            "token": "verification-tokens-are-deprecated",
        }

    def _reply_url(self, person_id: str, channel_id: str, message_ts: str | None = None) -> str:
        secret = self.workspace.one_time_tokens.url(person_id, channel_id, message_ts)
        return f"{self.url}/response/{self.workspace.id}/{secret}"
