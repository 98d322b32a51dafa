"""`/api/<method>`: the Web API calls that the bot makes, and its answers to response urls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.playground import api_chat, api_people, api_views
from bot.playground.blocks import Json
from bot.playground.calls import Call, read_arguments
from bot.playground.delivery import SocketDelivery
from bot.playground.hub import Hub
from bot.playground.refusal import SlackRefusal
from bot.playground.rules import assert_slack_ok
from bot.playground.workspace import Workspace


@dataclass(frozen=True)
class Method:
    """What a method does and what its token must allow (None: any token)."""

    run: Callable[[Call], Json]
    scope: str | None = None


def auth_test(call: Call) -> Json:
    workspace = call.workspace
    who = {"user": workspace.bot_name, "user_id": workspace.bot_user, "bot_id": workspace.bot_id}
    where = {"url": f"{call.hub.url}/", "team": workspace.name, "team_id": workspace.id}
    return where | who | {"is_enterprise_install": False}


METHODS = {
    "auth.test": Method(auth_test),
    "users.info": Method(api_people.info, "users:read"),
    "users.list": Method(api_people.list_people, "users:read"),
    "conversations.open": Method(api_people.open_dm, "im:write"),
    "conversations.list": Method(api_people.list_channels),
    "conversations.info": Method(api_people.channel_info),
    "conversations.members": Method(api_people.members),
    "conversations.history": Method(api_people.history),
    "conversations.join": Method(api_people.join, "channels:join"),
    "chat.postMessage": Method(api_chat.post_message, "chat:write"),
    "chat.postEphemeral": Method(api_chat.post_ephemeral, "chat:write"),
    "chat.update": Method(api_chat.update, "chat:write"),
    "chat.delete": Method(api_chat.delete, "chat:write"),
    "views.open": Method(api_views.open_view),
    "views.push": Method(api_views.push),
    "views.update": Method(api_views.update),
    "views.publish": Method(api_views.publish),
}


class WebApi:
    """Answers the app's calls, for all workspaces of a hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def call(self, request: Request) -> Response:
        method = request.path_params["method"]
        body = await request.body()
        try:
            answer = self.answer(method, request, body)
        except SlackRefusal as refusal:
            self.hub.refuse(method, refusal)
            answer = refusal.as_slack()
        return JSONResponse(answer, headers={"X-OAuth-Scopes": ",".join(sorted(self.hub.app.scopes))})

    def answer(self, method: str, request: Request, body: bytes) -> Json:
        content_type = request.headers.get("content-type", "")
        arguments = read_arguments(request.url.query, content_type, body)
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or arguments.get("token", "")
        if method == "apps.connections.open":
            return self._connect(token)
        workspace = self._workspace_of(token)
        if method not in METHODS:
            raise SlackRefusal("unknown_method", method)
        call = Call(self.hub, workspace, method, arguments)
        if scope := METHODS[method].scope:
            call.needs(scope)
        return {"ok": True} | METHODS[method].run(call)

    def _connect(self, token: str) -> Json:
        if not token:
            raise SlackRefusal("not_authed")
        if token != self.hub.app.app_token:
            known = any(token == workspace.bot_token for workspace in self.hub.workspaces.values())
            raise SlackRefusal("not_allowed_token_type" if known else "invalid_auth")
        delivery = self.hub.delivery
        if not isinstance(delivery, SocketDelivery):
            raise SlackRefusal("forbidden_team", "Socket Mode is switched off for this app")
        address = self.hub.url.replace("http://", "ws://")
        return {"ok": True, "url": f"{address}/link/?ticket={delivery.ticket()}&app_id={self.hub.app.id}"}

    def _workspace_of(self, token: str) -> Workspace:
        if not token:
            raise SlackRefusal("not_authed")
        if token == self.hub.app.app_token:
            raise SlackRefusal("not_allowed_token_type")
        for workspace in self.hub.workspaces.values():
            if token == workspace.bot_token:
                if not workspace.installed:
                    raise SlackRefusal("account_inactive")
                return workspace
        raise SlackRefusal("invalid_auth")

    async def response_url(self, request: Request) -> Response:
        """The app's answer to one command or click, by the url it was handed."""
        body = await request.body()
        try:
            answer = read_arguments("", request.headers.get("content-type", ""), body)
            respond(self.hub, request.path_params["workspace"], request.path_params["secret"], answer)
        except SlackRefusal as refusal:
            self.hub.refuse("response_url", refusal)
            return JSONResponse(refusal.as_slack(), 404 if refusal.error.endswith("_url") else 400)
        return JSONResponse({"ok": True})


ANSWER_KEYS = {"response_type", "replace_original", "delete_original", "thread_ts", "text", "blocks", "metadata"}
ANSWER_KEYS |= set(api_chat.FLAGS)


def respond(hub: Hub, workspace_id: str, secret: str, answer: Json) -> None:
    """Shows an answer to a command or click: a new message, or the clicked one replaced or deleted."""
    workspace = hub.workspaces.get(workspace_id)
    if workspace is None:
        raise SlackRefusal("expired_url")
    url = workspace.passes.find_url(secret)
    if unknown := set(answer) - ANSWER_KEYS:
        raise SlackRefusal("invalid_payload", f"unknown: {', '.join(sorted(unknown))}")
    original = workspace.find(url.channel, url.message_ts, url.person) if url.message_ts else None
    if answer.get("delete_original") and original:
        url.uses += 1
        workspace.remove(original)
        return
    content = {key: answer[key] for key in ("text", "blocks", "metadata") if answer.get(key) is not None}
    assert_slack_ok(content, "message")
    url.uses += 1
    text, blocks, metadata = content.get("text", ""), content.get("blocks"), content.get("metadata")
    if answer.get("replace_original") and original:
        workspace.edit(original, text, blocks, metadata)
        hub.recorded(workspace, "response_url", original, answer)
        return
    reader = None if answer.get("response_type") == "in_channel" else url.person
    fields: Json = {"blocks": blocks, "metadata": metadata, "reader": reader}
    message = workspace.post(url.channel, workspace.bot_user, text, **fields)
    hub.recorded(workspace, "response_url", message, answer)
