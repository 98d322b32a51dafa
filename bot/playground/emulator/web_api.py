"""`/api/<method>`: answer the app's Web API calls, and take its answers at response urls and its files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.playground.emulator.api_chat import respond
from bot.playground.emulator.blocks import Json
from bot.playground.emulator.calls import Call, read_arguments
from bot.playground.emulator.delivery import SocketDelivery
from bot.playground.emulator.exchanges import HIDDEN, Exchange
from bot.playground.emulator.faults import Cut, Fault, spoiled
from bot.playground.emulator.hub import Hub
from bot.playground.emulator.methods import METHODS
from bot.playground.emulator.refusal import SlackRefusal, unsupported
from bot.playground.emulator.rules import validated
from bot.playground.emulator.workspace import Workspace


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
        method, body = request.path_params["method"], await request.body()
        exchange, arguments = self.hub.exchanges.begin("app", method), dict[str, Any]()
        try:
            content_type = request.headers.get("content-type", "")
            arguments = read_arguments(request.url.query, content_type, body)
            token = request.headers.get("authorization", "").removeprefix("Bearer ") or arguments.get("token", "")
            response = await self._called(method, token, arguments)
            response.headers["date"] = format_datetime(self.hub.clock(), usegmt=True)
        except SlackRefusal as refusal:
            return self._refused(exchange, arguments, refusal)
        return self._kept(exchange, arguments, response)

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

    async def response_url(self, request: Request) -> Response:
        """Take the app's answer to a command or click at its response url."""
        workspace_id, secret = request.path_params["workspace"], request.path_params["secret"]
        exchange, answer = self.hub.exchanges.begin("app", "response_url"), dict[str, Any]()
        body = await request.body()
        try:
            answer = read_arguments("", request.headers.get("content-type", ""), body)
            target = Target(workspace_id, "response_url")
            response = await self._answered(target, lambda: respond(self.hub, workspace_id, secret, answer))
        except SlackRefusal as refusal:
            return self._refused(exchange, answer, refusal, 404 if refusal.error.endswith("_url") else 400)
        return self._kept(exchange, answer, response)

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

    def _kept(self, exchange: Exchange, request: Json, response: Response) -> Response:
        """Keep the exchange. If a fault lost the answer, it has no body."""
        answer = json.loads(bytes(response.body)) if isinstance(response, JSONResponse) else None
        refusal = SlackRefusal(answer["error"]) if answer and not answer["ok"] else None
        if exchange.name == "apps.connections.open" and answer:
            answer |= {"url": HIDDEN}
        self.hub.exchanges.end(exchange, request, answer, refusal)
        return response

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

    def _refused(self, exchange: Exchange, request: Json, refusal: SlackRefusal, status: int = 200) -> Response:
        self.hub.refuse(exchange.name, refusal)
        self.hub.exchanges.end(exchange, request, refusal.as_slack(), refusal)
        return JSONResponse(refusal.as_slack(), status)

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
