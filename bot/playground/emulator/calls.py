"""One call of a Web API method: its arguments, read as strictly as Slack reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.playground.emulator.blocks import Json
from bot.playground.emulator.hub import Hub
from bot.playground.emulator.refusal import SlackRefusal
from bot.playground.emulator.workspace import Channel, Workspace

# Arguments that hold structures; in a form they travel as JSON text.
STRUCTURES = ("blocks", "attachments", "message", "metadata", "view", "files")
MOST_A_PAGE = 1_000


def read_arguments(query: str, content_type: str, body: bytes) -> Json:
    """Read the arguments from a query, a form or a JSON object. Raise Slack's own errors for bad ones."""
    arguments: Json = dict(parse_qsl(query, keep_blank_values=True))
    if content_type.startswith("application/json"):
        arguments |= _json_object(body)
    elif body:
        arguments |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    for name in STRUCTURES:
        if isinstance(arguments.get(name), str):
            arguments[name] = _structure(name, arguments[name])
    return {name: value for name, value in arguments.items() if value is not None}


def _json_object(body: bytes) -> Json:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        raise SlackRefusal("invalid_json") from None
    if not isinstance(given, dict):
        raise SlackRefusal("json_not_object")
    return given


def _structure(name: str, text: str) -> Any:  # noqa: ANN401 -- whatever JSON the app sent
    try:
        return json.loads(text)
    except ValueError:
        error = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}.get(name)
        raise SlackRefusal(error or "invalid_arguments", f"{name} is no JSON") from None


@dataclass(frozen=True)
class Call:
    """What a method's function is handed."""

    hub: Hub
    workspace: Workspace
    method: str
    arguments: Json

    def text(self, name: str, default: str | None = None) -> str:
        """Return an argument, or its default. Raise Slack's error if it is missing and has no default."""
        value = self.arguments.get(name, default)
        if value is None or (value == "" and default is None):
            raise SlackRefusal("invalid_arguments", f"missing required field: {name}")
        return str(value)

    def optional(self, name: str) -> str | None:
        value = self.arguments.get(name)
        return None if value is None or value == "" else str(value)

    def flag(self, name: str) -> bool:
        return str(self.arguments.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int, least: int = 1) -> int:
        value = str(self.arguments.get(name, default))
        if not value.isdecimal() or not least <= int(value) <= most:
            raise SlackRefusal("invalid_limit" if name == "limit" else "invalid_arguments", f"{name}: {value}")
        return int(value)

    def takes_only(self, *names: str) -> None:
        """Raise Slack's error if there are other arguments."""
        if unknown := set(self.arguments) - {*names, "token"}:
            raise SlackRefusal("invalid_arguments", f"unknown argument: {', '.join(sorted(unknown))}")

    def channel(self, name: str = "channel") -> Channel:
        return self.known(self.workspace.channel(self.text(name)))

    def known(self, channel: Channel) -> Channel:
        """Return the channel; a private one that the app is not in does not exist for it."""
        if channel.private and self.workspace.bot_user not in channel.members:
            raise SlackRefusal("channel_not_found")
        return channel

    def needs(self, scope: str) -> None:
        """Raise Slack's error unless the token has this scope."""
        granted = self.hub.scopes(self.workspace)
        if scope not in granted:
            raise SlackRefusal("missing_scope", needed=scope, provided=",".join(sorted(granted)))

    def page(self, items: list[Any], default: int = 100, least: int = 1) -> tuple[list[Any], Json]:
        """Return a page of a list and its `response_metadata`. The cursor is an offset that apps must not interpret.

        A limit of 0 means no limit, for methods that allow it.
        """
        cursor = self.optional("cursor") or "offset:0"
        offset = cursor.removeprefix("offset:")
        if not cursor.startswith("offset:") or not offset.isdecimal():
            raise SlackRefusal("invalid_cursor")
        start, limit = int(offset), self.number("limit", default, MOST_A_PAGE, least) or len(items)
        more = start + limit < len(items)
        return items[start : start + limit], {"next_cursor": f"offset:{start + limit}" if more else ""}
