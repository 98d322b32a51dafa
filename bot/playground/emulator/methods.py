"""The Web API methods that an app may call, each with the scope its token needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.emulator import api_chat, api_files, api_people, api_views
from bot.playground.emulator.blocks import Json
from bot.playground.emulator.calls import Call, page_of


@dataclass(frozen=True)
class Method:
    """What a method does and what its token must allow (None: any token)."""

    run: Callable[[Call], Json]
    scope: str | None = None


def auth_test(call: Call) -> Json:
    workspace = call.workspace
    who = {"user": workspace.bot_name, "user_id": workspace.bot_user, "bot_id": workspace.bot_id}
    where = {"url": f"{call.hub.url}/", "team": workspace.name, "team_id": workspace.id}
    return where | who | {"is_enterprise_install": call.hub.oauth.serves(workspace)}


def teams_list(call: Call) -> Json:
    """List the workspaces that the token is for."""
    oauth = call.hub.oauth
    served = sorted(oauth.granted) if oauth.is_for_all else [call.workspace.id]
    page, metadata = page_of([call.hub.workspaces[each] for each in served], call, default=100, most=1_000)
    return {"teams": [{"id": each.id, "name": each.name} for each in page], "response_metadata": metadata}


METHODS = {
    "auth.test": Method(auth_test),
    "auth.teams.list": Method(teams_list),
    "users.info": Method(api_people.info, "users:read"),
    "users.list": Method(api_people.list_people, "users:read"),
    "usergroups.list": Method(api_people.list_groups, "usergroups:read"),
    "usergroups.users.list": Method(api_people.people_of_group, "usergroups:read"),
    "conversations.open": Method(api_people.open_dm, "im:write"),
    "conversations.list": Method(api_people.list_channels),
    "conversations.info": Method(api_people.channel_info),
    "conversations.members": Method(api_people.members),
    "conversations.history": Method(api_people.history),
    "conversations.replies": Method(api_people.replies),
    "conversations.join": Method(api_people.join, "channels:join"),
    "chat.postMessage": Method(api_chat.post_message, "chat:write"),
    "chat.postEphemeral": Method(api_chat.post_ephemeral, "chat:write"),
    "chat.update": Method(api_chat.update, "chat:write"),
    "chat.getPermalink": Method(api_chat.permalink),
    "chat.delete": Method(api_chat.delete, "chat:write"),
    "files.getUploadURLExternal": Method(api_files.upload_url, "files:write"),
    "files.completeUploadExternal": Method(api_files.complete_upload, "files:write"),
    "views.open": Method(api_views.open_view),
    "views.push": Method(api_views.push),
    "views.update": Method(api_views.update),
    "views.publish": Method(api_views.publish),
}
