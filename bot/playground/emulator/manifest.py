"""Read an app's manifest: its name, commands, scopes and events."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND_FIELDS = ("command", "description", "usage_hint")


@dataclass(frozen=True)
class SlackApp:
    """An app as Slack stores it, with the secrets that Slack shows to the app's operator."""

    name: str
    description: str = ""
    id: str = "A0PLAYGROUND"
    commands: tuple[dict[str, str], ...] = ()
    scopes: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    should_escape: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    app_token: str = field(default_factory=lambda: f"xapp-playground-{secrets.token_hex(16)}", repr=False)
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


def read_manifest(path: Path) -> SlackApp:
    """Return the app that a manifest file describes. Raise ValueError for a manifest that Slack refuses."""
    manifest = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(manifest, dict):
        raise ValueError("the manifest is not a JSON object")  # noqa: TRY004 - a caller handles one error for bad files
    return app_of(manifest)


def app_of(manifest: dict[str, Any]) -> SlackApp:
    """Return the app that a manifest describes. Raise ValueError for a manifest that Slack refuses."""
    display, features = manifest.get("display_information", {}), manifest.get("features", {})
    name = features.get("bot_user", {}).get("display_name") or display.get("name")
    if not name:
        raise ValueError("the manifest needs `display_information.name`")
    commands, tabs = features.get("slash_commands", []), features.get("app_home", {})
    events = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    return SlackApp(
        name=name,
        description=display.get("description", ""),
        commands=tuple({key: command.get(key, "") for key in COMMAND_FIELDS} for command in commands),
        scopes=_granted(manifest.get("oauth_config", {}).get("scopes", {})),
        events=frozenset(events),
        should_escape=all(command.get("should_escape", False) for command in commands),
        home_tab=tabs.get("home_tab_enabled", False),
        messages_tab=tabs.get("messages_tab_enabled", False),
        messages_read_only=tabs.get("messages_tab_read_only_enabled", False),
    )


def _granted(scopes: dict[str, list[str]]) -> frozenset[str]:
    """Return the scopes of an installation that accepts all. Raise ValueError for a manifest that Slack refuses."""
    bot, optional = frozenset(scopes.get("bot", [])), frozenset(scopes.get("bot_optional", []))
    if missing := optional - bot:
        raise ValueError(f"optional scopes must stand in `bot` as well as in `bot_optional`: {sorted(missing)}")
    return bot
