"""Apps that tests register with the emulator."""

from typing import Any

from bot.playground.emulator.manifest import SlackApp, app_of
from bot.slack.manifest import manifest

COMMAND = {"command": "/roleshift", "description": "Your coach for AI-era roles", "usage_hint": "help"}
SHORTCUTS = (
    {"type": "global", "name": "Begin", "callback_id": "begin", "description": "Begin anywhere"},
    {"type": "message", "name": "Keep", "callback_id": "keep", "description": "Keep this message"},
)
SCOPES = frozenset(
    {"commands", "chat:write", "users:read", "im:write", "im:history", "files:write", "app_mentions:read"}
)
EVENTS = frozenset({"app_home_opened", "message.im", "app_mention", "app_uninstalled", "tokens_revoked", "user_change"})


def roleshift() -> SlackApp:
    return app_of(manifest())


def listening_app(**changes: Any) -> SlackApp:
    """Return an app that has both tabs and hears every event that the emulator's tests send."""
    fields: dict[str, Any] = {"name": "roleshift", "commands": (COMMAND,), "scopes": SCOPES, "events": EVENTS}
    fields["shortcuts"] = SHORTCUTS
    return SlackApp(**(fields | changes))
