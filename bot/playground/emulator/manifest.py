"""Read an app's manifest: its name, commands, shortcuts, scopes and events."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

COMMAND_FIELDS = ("command", "description", "usage_hint")
SHORTCUT_FIELDS = {"name": 24, "callback_id": 255, "description": 150}  # and how many letters Slack allows
SHORTCUT_TYPES = ("global", "message")
MAX_SHORTCUTS = 5  # of each type


@dataclass(frozen=True)
class SlackApp:
    """An app as Slack stores it, with the secrets that Slack shows to the app's operator."""

    name: str
    description: str = ""
    id: str = "A0PLAYGROUND"
    commands: tuple[dict[str, str], ...] = ()
    shortcuts: tuple[dict[str, str], ...] = ()
    scopes: frozenset[str] = frozenset()
    optional_scopes: frozenset[str] = frozenset()
    redirect_urls: tuple[str, ...] = ()
    token_rotation: bool = False
    events: frozenset[str] = frozenset()
    should_escape: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    app_token: str = field(default_factory=lambda: f"xapp-playground-{secrets.token_hex(16)}", repr=False)
    client_id: str = "1234567890.0987654321"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


def read_manifest(path: Path) -> SlackApp:
    """Return the app that a manifest file in YAML or JSON describes. Raise ValueError for one that Slack refuses."""
    text = path.read_text(encoding="utf-8")
    try:
        manifest = yaml.safe_load(text) if path.suffix in {".yaml", ".yml"} else json.loads(text)
        return app_of(manifest)
    except yaml.YAMLError as error:
        raise ValueError(f"not valid YAML: {error}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON: {error}") from None
    except (AttributeError, TypeError):
        raise ValueError("a part has another shape than in a manifest of Slack, such as a text for a list") from None


def app_of(manifest: dict[str, Any]) -> SlackApp:
    """Return the app that a manifest describes. Raise ValueError for a manifest that Slack refuses."""
    display, features = _part(manifest, "display_information"), _part(manifest, "features")
    name = _part(features, "bot_user").get("display_name") or display.get("name")
    if not name:
        raise ValueError("the manifest needs `display_information.name`")
    oauth, settings = _part(manifest, "oauth_config"), _part(manifest, "settings")
    given_scopes = _part(oauth, "scopes")
    scopes, optional = (frozenset(given_scopes.get(name) or []) for name in ("bot", "bot_optional"))
    if missing := optional - scopes:
        raise ValueError(f"optional scopes must stand in `bot` as well as in `bot_optional`: {sorted(missing)}")
    commands, tabs = features.get("slash_commands") or [], _part(features, "app_home")
    events = _part(settings, "event_subscriptions").get("bot_events") or []
    return SlackApp(
        name=name,
        description=display.get("description", ""),
        commands=tuple({key: command.get(key, "") for key in COMMAND_FIELDS} for command in commands),
        shortcuts=_shortcuts(features.get("shortcuts") or [], scopes),
        scopes=scopes,
        optional_scopes=optional,
        redirect_urls=tuple(oauth.get("redirect_urls") or []),
        token_rotation=settings.get("token_rotation_enabled", False),
        events=frozenset(events),
        should_escape=all(command.get("should_escape", False) for command in commands),
        home_tab=tabs.get("home_tab_enabled", False),
        messages_tab=tabs.get("messages_tab_enabled", False),
        messages_read_only=tabs.get("messages_tab_read_only_enabled", False),
    )


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a part of a manifest; in YAML, one without content is null."""
    return whole.get(name) or {}


def _shortcuts(shortcuts: list[dict[str, str]], scopes: frozenset[str]) -> tuple[dict[str, str], ...]:
    """Return the shortcuts. Raise ValueError for those that Slack refuses."""
    if shortcuts and "commands" not in scopes:
        raise ValueError("shortcuts need the scope `commands`")
    for kind in SHORTCUT_TYPES:
        if sum(shortcut.get("type") == kind for shortcut in shortcuts) > MAX_SHORTCUTS:
            raise ValueError(f"an app has {MAX_SHORTCUTS} {kind} shortcuts at most")
    for shortcut in shortcuts:
        if shortcut.get("type") not in SHORTCUT_TYPES:
            raise ValueError(f"a shortcut's type is one of {', '.join(SHORTCUT_TYPES)}")
        for key, most in SHORTCUT_FIELDS.items():
            if not 1 <= len(shortcut.get(key, "")) <= most:
                raise ValueError(f"a shortcut's {key} has 1 to {most} letters")
    if len({shortcut["callback_id"] for shortcut in shortcuts}) < len(shortcuts):
        raise ValueError("two shortcuts have the same callback_id")
    return tuple({key: shortcut[key] for key in ("type", *SHORTCUT_FIELDS)} for shortcut in shortcuts)
