"""The manifest of the Slack app. It is generated from the registered listeners, so it always matches the code."""

from typing import Any

from bot.slack import app, blocks, connect, door, events, oauth

# Each scope with the reason why the bot needs it.
SCOPES = {
    "commands": "people type /roleshift and use the shortcuts",
    "chat:write": "tips and challenges are posted",
    "users:read": "a member's time zone, and whether they may be coached",
    "files:write": "a member's export and the data of a lab are sent to them as files, and figures to an admin",
}
# What a workspace lacks without each optional one. Slack wants these listed under `bot` too; `bot_optional` lets an
# installer decline them.
OPTIONAL_SCOPES = {
    "im:write": "If Slack's answer to a member's first tip is lost, the bot can't look up whether the tip arrived.",
    "im:history": "The bot does not read direct messages: people type `/roleshift` instead. If Slack's answer to a tip "
    "is lost, the bot can't look up whether the tip arrived, and does not send it again.",
    "usergroups:read": "Teams can't be taken from user groups.",
    "channels:read": "Teams can't be taken from channels.",
    "app_mentions:read": "The bot does not answer when it is mentioned in a channel.",
}
SUBSCRIPTIONS = {"message": "message.im"}  # what Slack calls the subscription to an event, where the names differ

HOST = "https://your-host"  # to be replaced by the address at which Slack reaches the bot


def manifest(way: str = "socket", *, slackbot: bool = False) -> dict[str, Any]:
    """Return the manifest of an app that uses Socket Mode; `http` for one workspace over HTTP, `oauth` for many.

    `slackbot`: Slackbot may call the app's tools, which not every plan of Slack has.
    """
    command = {
        "command": app.COMMAND,
        "description": "See how your role changes, and learn what is next",
        "usage_hint": "myrole · tip · skills · progress · help",
        "should_escape": True,
    }
    shortcuts = [
        {"name": each.name, "type": each.type, "callback_id": f"{blocks.PREFIX}{name}", "description": each.description}
        for name, each in app.NOUNS.shortcuts.items()
    ]
    scopes = {"bot": [*SCOPES, *OPTIONAL_SCOPES], "bot_optional": list(OPTIONAL_SCOPES)}
    redirects = {"redirect_urls": [HOST + oauth.REDIRECT]} if way == "oauth" else {}
    made: dict[str, Any] = {
        "display_information": {
            "name": "roleshift",
            "description": "roleshift shows how AI changes your job, and gives you one small exercise a week.",
            "background_color": "#1f2a44",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "roleshift", "always_online": True},
            "shortcuts": shortcuts,
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": scopes, **redirects},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(SUBSCRIPTIONS.get(name, name) for name in events.EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": True,
            "socket_mode_enabled": way == "socket",
            "token_rotation_enabled": False,
        },
    }
    if way != "socket":
        for receiver in (made["settings"]["event_subscriptions"], made["settings"]["interactivity"]):
            receiver["request_url"] = HOST + door.PATH
        command["url"] = HOST + door.PATH
    if slackbot:
        scopes["bot"].append("mcp:connect")
        made["mcp_servers"] = {"roleshift": {"url": HOST + connect.PATH, "auth_type": "slack_identity_auth"}}
    return made
