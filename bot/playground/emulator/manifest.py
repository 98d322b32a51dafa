"""What the app's manifest tells Slack: its name, commands, scopes and events."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT_MANIFEST = Path(__file__).resolve().parents[3] / "manifest.json"

BOT_SCOPES = ("commands", "chat:write", "users:read", "im:write", "im:history")
EVENTS = ("app_home_opened", "message.im", "app_uninstalled", "tokens_revoked", "user_change")
COMMANDS = ({"command": "/roleshift", "description": "Your coach for AI-era roles", "usage_hint": "help"},)


@dataclass(frozen=True)
class SlackApp:
    """An app as Slack knows it, with the secrets that Slack would share with its operator."""

    id: str = "A0ROLESHIFT"
    name: str = "roleshift"
    commands: tuple[dict[str, str], ...] = COMMANDS
    scopes: frozenset[str] = frozenset(BOT_SCOPES)
    events: frozenset[str] = frozenset(EVENTS)
    should_escape: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    app_token: str = field(default_factory=lambda: f"xapp-playground-{secrets.token_hex(16)}", repr=False)
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


def app_from_manifest(path: Path = ROOT_MANIFEST) -> SlackApp:
    """The app that the manifest describes, or the defaults above where there is no manifest yet."""
    if not path.exists():
        return SlackApp()
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    commands, tabs = features.get("slash_commands", []), features.get("app_home", {})
    return SlackApp(
        name=features.get("bot_user", {}).get("display_name", "roleshift"),
        commands=tuple({key: command.get(key, "") for key in COMMANDS[0]} for command in commands) or COMMANDS,
        scopes=_granted(manifest.get("oauth_config", {}).get("scopes", {})) or frozenset(BOT_SCOPES),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])) or frozenset(EVENTS),
        should_escape=all(command.get("should_escape", False) for command in commands),
        home_tab=tabs.get("home_tab_enabled", False),
        messages_tab=tabs.get("messages_tab_enabled", False),
        messages_read_only=tabs.get("messages_tab_read_only_enabled", False),
    )


def _granted(scopes: dict[str, list[str]]) -> frozenset[str]:
    """Return the scopes of an installation that declines none. Raise ValueError for a manifest that Slack refuses."""
    bot, optional = frozenset(scopes.get("bot", [])), frozenset(scopes.get("bot_optional", []))
    if missing := optional - bot:
        raise ValueError(f"optional scopes must stand in `bot` as well as in `bot_optional`: {sorted(missing)}")
    return bot
