"""`/api/<method>`: answer the app's Web API calls, and take its answers at response urls and its files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.playground.emulator import api_chat, api_files, api_people, api_views
from bot.playground.emulator.api_chat import respond
from bot.playground.emulator.blocks import Json
from bot.playground.emulator.calls import Call, read_arguments
from bot.playground.emulator.delivery import SocketDelivery
from bot.playground.emulator.exchanges import HIDDEN
from bot.playground.emulator.faults import Cut, Fault, spoiled
from bot.playground.emulator.hub import Hub
from bot.playground.emulator.refusal import SlackRefusal, unsupported
from bot.playground.emulator.rules import validated
from bot.playground.emulator.workspace import Workspace


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
    page, metadata = call.page([call.hub.workspaces[each] for each in served])
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


@dataclass(frozen=True)
class Target:
    """The workspace, channel and person that a call concerns, for rate limits and faults."""

    workspace: str
    method: str
    channel: str | None = None
    person: str | None = None


class WebApi:
    """Answers the app's calls for all workspaces of a hub, with its rate limits and faults."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def call(self, request: Request) -> Response:
        method = request.path_params["method"]
        in_header = request.headers.get("authorization", "").removeprefix("Bearer ")

        async def answered(given: Json) -> Response:
            return await self._called(method, in_header or given.get("token", ""), given)

        return await self._exchanged(request, method, answered)

    async def response_url(self, request: Request) -> Response:
        """Take the app's answer to a command or click at its response url."""
        workspace_id, secret = request.path_params["workspace"], request.path_params["secret"]
        target = Target(workspace_id, "response_url")

        async def answered(given: Json) -> Response:
            return await self._answered(target, lambda: respond(self.hub, workspace_id, secret, given))

        return await self._exchanged(request, "response_url", answered)

    async def _exchanged(
        self, request: Request, name: str, answered: Callable[[Json], Awaitable[Response]]
    ) -> Response:
        """Answer what the app sent, and keep the exchange. A refusal is an HTTP 200, except at a response url."""
        exchange, given, body = self.hub.exchanges.begin("app", name), dict[str, Any](), await request.body()
        try:
            given = read_arguments(request.url.query, request.headers.get("content-type", ""), body)
            response = await answered(given)
        except SlackRefusal as refusal:
            self.hub.refuse(name, refusal)
            self.hub.exchanges.end(exchange, given, refusal.as_slack(), refusal)
            is_gone = refusal.error.endswith("_url")
            status = 200 if name != "response_url" else 404 if is_gone else 400
            return JSONResponse(refusal.as_slack(), status)
        response.headers["date"] = format_datetime(self.hub.clock(), usegmt=True)
        answer = json.loads(bytes(response.body)) if isinstance(response, JSONResponse) else None  # lost by a fault
        failure = SlackRefusal(answer["error"]) if answer and not answer["ok"] else None
        if name == "apps.connections.open" and answer:
            answer |= {"url": HIDDEN}
        self.hub.exchanges.end(exchange, given, answer, failure)
        return response

    async def _called(self, method: str, token: str, arguments: Json) -> Response:
        of_no_workspace: dict[str, Callable[[], Json]] = {
            "apps.connections.open": lambda: self._connect(token),
            "oauth.v2.access": lambda: self.hub.oauth.access(token, arguments),
            "auth.revoke": lambda: self.hub.oauth.revoke(token),
            "blocks.validate": lambda: validated(arguments),
        }
        if method in of_no_workspace:
            return await self._answered(Target("", method), of_no_workspace[method])
        workspace = self._workspace_of(token, arguments.pop("team_id", None), method)
        call = Call(self.hub, workspace, method, arguments)
        return await self._answered(_target(call), lambda: self._run(call))

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a file, once and exactly as many as announced. A secret address needs no token."""
        secret, body = request.path_params["secret"], await request.body()
        file = next((each for each in self.hub.files.values() if each.secret == secret), None)
        if file is None or file.content is not None:
            return PlainTextResponse("not found", 404)
        if len(body) != file.length:
            return PlainTextResponse(f"{len(body)} bytes, but {file.length} were announced", 400)
        file.content = body
        return PlainTextResponse(f"OK - {len(body)}")

    async def _answered(self, target: Target, run: Callable[[], Json]) -> Response:
        limits, faults = self.hub.limits, self.hub.faults
        if (wait := limits.retry_after(target.workspace, target.method, target.channel)) is not None:
            return _limited(wait)
        struck = faults.strike(target.method, target.workspace, target.person)
        if (instead := await self._before(target, struck)) is not None:
            return instead
        answer = JSONResponse({"ok": True} | run())
        workspace = self.hub.workspaces.get(target.workspace)
        scopes = self.hub.app.scopes if workspace is None else self.hub.scopes(workspace)
        answer.headers["X-OAuth-Scopes"] = ",".join(sorted(scopes))
        return await self._after(struck, answer)

    async def _before(self, target: Target, struck: list[Fault]) -> Response | None:
        """Apply limits and faults before a call takes effect. Return a response to send in place of the call's own."""
        for fault in struck:
            match fault.what, fault.when:
                case "delay", "before":
                    await asyncio.sleep(fault.seconds)
                case "kill", "before":
                    self.hub.faults.kill(fault)
                    return Cut()
                case "kill", "during":
                    self.hub.faults.kill(fault)
                case "refuse", _:
                    return JSONResponse({"ok": False, "error": fault.error})
                case "limit", _:
                    return _limited(self.hub.limits.close((target.workspace, target.method), int(fault.seconds)))
                case "spoil", "before":
                    return spoiled(fault)
        return None

    async def _after(self, struck: list[Fault], answer: Response) -> Response:
        for fault in struck:
            match fault.what, fault.when:
                case "delay", "after":
                    await asyncio.sleep(fault.seconds)
                case "kill", "after":
                    self.hub.faults.kill(fault)
                case "spoil", "after":
                    return spoiled(fault, bytes(answer.body))
        return answer

    def _run(self, call: Call) -> Json:
        if call.method not in METHODS:
            raise unsupported(f"method {call.method}")
        method = METHODS[call.method]
        if method.scope:
            call.needs(method.scope)
        return method.run(call)

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

    def _workspace_of(self, token: str, team_id: str | None, method: str) -> Workspace:
        """Return the workspace that a call is about. With a token of its own, Slack ignores `team_id`."""
        if not token:
            raise SlackRefusal("not_authed")
        if token == self.hub.app.app_token:
            raise SlackRefusal("not_allowed_token_type")
        if (found := self.hub.oauth.find(token)) is not None:
            return found.workspace or self._of_organisation(team_id, method)
        for workspace in self.hub.workspaces.values():
            if token == workspace.bot_token:
                if not workspace.token_works:
                    raise SlackRefusal("account_inactive")
                return workspace
        raise SlackRefusal("invalid_auth")

    def _of_organisation(self, team_id: str | None, method: str) -> Workspace:
        """Return the workspace that a call with the organisation's token names.

        Slack finds out by itself for some methods; here each call has to say it, as Slack recommends.
        """
        if method in {"auth.test", "auth.teams.list"} and team_id is None:
            return next(iter(self.hub.workspaces.values()))
        if team_id is None:
            raise SlackRefusal("missing_argument", "team_id, with an organisation's token")
        if team_id not in self.hub.oauth.granted:
            raise SlackRefusal("team_access_not_granted")
        return self.hub.workspaces[team_id]


def _target(call: Call) -> Target:
    """Return what a call concerns. The person is named by an argument, directly or through their direct messages."""
    named = call.optional("channel") or call.optional("user") or call.optional("users") or call.optional("user_id")
    channel = call.workspace.channels.get(named or "")
    person = channel.person if channel else named
    return Target(call.workspace.id, call.method, call.optional("channel"), person)


def _limited(seconds: int) -> Response:
    headers = {"Retry-After": str(seconds)}
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
