"""The MCP server at /mcp: one POST in, one JSON out, for assistants with a member's token and for Slackbot.

It speaks the stateless protocol of 2026-07-28, and those of 2025, which begin with a handshake. It advertises no OAuth,
as clients would then leave the token out.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from pydantic import ConfigDict, Field, SecretStr, TypeAdapter, ValidationError
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response

from bot.coach import assistants
from bot.core.errors import NextStep, UserError
from bot.core.member import MemberKey
from bot.mcp.tools import MAX_ARGUMENT, TOOLS, Tool, text_of
from bot.slack import sorry
from bot.slack.connect import PATH
from bot.slack.door import AsgiApp, Fault, Receive, Rejected, Rejections, Scope, Send, read_body, verify
from bot.slack.edge import SIGNED_AT, Edge
from bot.slack.message import to_json
from bot.slack.payloads import Payload, SlackId, Text

STATELESS, *WITH_HANDSHAKE = "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"
VERSION, SERVER = (f"io.modelcontextprotocol/{name}" for name in ("protocolVersion", "serverInfo"))
INFO = {"name": "roleshift", "title": "The coach for AI-era roles", "version": "1"}
ABOUT = (
    "The coach gives small weekly steps on a person's own work with AI, and keeps their record. Read before you write. "
    "Note a step as done only if the person says so. To review their work, follow the rubric."
)
OFFERS: dict[str, Any] = {"capabilities": {"tools": {}}, "instructions": ABOUT}
LISTED = {"tools": [tool.listed(name) for name, tool in TOOLS.items()]}
CACHED = {"ttlMs": 3_600_000, "cacheScope": "public"}
MAX_BLOCKS = 12_000  # characters of JSON; Slack takes some 13,000 of text in a message
REFUSED = "This token does not work, or no longer. Its member gets a new one with /roleshift connect, in Slack.\n"
REQUEST, METHOD, PARAMS, BUSY = -32600, -32601, -32602, -32603  # JSON-RPC's errors
HEADERS, UNSUPPORTED = -32020, -32022  # those of MCP

# Who calls, and when they asked. No member: Slack signed the call, and names the person in it.
Caller = tuple[MemberKey | None, datetime]
Given = TypeAdapter(dict[str, Text], config=ConfigDict(coerce_numbers_to_str=True))


class _Asker(Payload):
    team_id: SlackId
    user_id: SlackId


class _Meta(Payload):
    version: Text | None = Field(None, validation_alias=VERSION)
    slack: _Asker | None = None  # who asks Slackbot


class _Params(Payload):
    name: Text = ""
    arguments: dict[str, Any] = Field(default={})
    version: Text | None = Field(None, validation_alias="protocolVersion")
    meta: _Meta = Field(_Meta(), validation_alias="_meta")


class _Call(Payload):
    jsonrpc: Literal["2.0"]
    id: int | Text | None = None
    method: Text
    params: _Params = _Params()


class _Failure(Exception):
    """A call that no tool answers."""

    def __init__(self, code: int, says: str, status: int = 400, **data: object) -> None:
        self.error, self.status = {"code": code, "message": says, **({"data": data} if data else {})}, status


class Mcp:
    """Answers at /mcp, and passes requests for all other paths on."""

    def __init__(
        self, edge: Edge, others: AsgiApp, rejections: Rejections, address: str, signing_secret: SecretStr | None
    ) -> None:
        self._edge, self._others, self._rejections, self._address = edge, others, rejections, address
        self._verifier = SignatureVerifier(signing_secret.get_secret_value()) if signing_secret else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._others(scope, receive, send)
            return
        try:
            response = await self._respond(HttpRequest(scope), receive)
        except Rejected as rejected:
            self._rejections.add(rejected.reason, rejected.likely_cause)
            response = PlainTextResponse(REFUSED, 401, {"www-authenticate": "Bearer"})
        if response is not None:
            await response(scope, receive, send)

    async def _respond(self, http: HttpRequest, receive: Receive) -> Response | None:
        """Return the response; None if the client hung up. Raise Rejected."""
        if http.method != "POST":
            return Response(status_code=405, headers={"allow": "POST"})
        origin = http.headers.get("origin", "")
        if origin.startswith("http") and origin != self._address:  # a page of another site, in a browser
            return Response(status_code=403)
        if (body := await read_body(http.headers, receive)) is None:
            return None
        call, status = None, 200
        try:
            caller = await self._caller(http.headers, body)
            call = _Call.model_validate_json(body)
            if call.id is None:
                return Response(status_code=202)
            answer = {"result": await self._answer(http.headers, call, caller)}
        except ValidationError:
            answer, status = {"error": {"code": REQUEST, "message": "That is no request of MCP."}}, 400
        except UserError as error:
            answer, status = {"error": {"code": BUSY, "message": str(error)}}, 503
        except _Failure as failure:
            answer, status = {"error": failure.error}, failure.status
        answered = {"jsonrpc": "2.0", "id": call.id if call else None, **answer}
        return Response(to_json(answered), status, media_type="application/json")

    async def _caller(self, headers: Mapping[str, str], body: bytes) -> Caller:
        """Return who calls, by a member's token or by Slack's signature. Raise Rejected, and NothingChanged."""
        services, given = self._edge.services, headers.get("authorization")
        if given is None and self._verifier is not None:
            verify(self._verifier, headers, body)
            return None, datetime.fromtimestamp(int(headers[SIGNED_AT]), UTC)
        now, (kind, _, token) = services.clock.now(), (given or "").partition(" ")
        who = await services.store.read(assistants.owner, token, now) if kind.casefold() == "bearer" else None
        if who is None:
            raise Rejected(Fault.TOKEN)
        return who, now

    async def _answer(self, headers: Mapping[str, str], call: _Call, caller: Caller) -> dict[str, Any]:
        version, result = call.params.meta.version, dict[str, Any]()
        if version not in {None, STATELESS}:
            raise _Failure(UNSUPPORTED, "This version is not spoken here.", supported=[STATELESS], requested=version)
        named = headers.get("mcp-protocol-version"), headers.get("mcp-method")
        if version is not None and named != (version, call.method):
            raise _Failure(HEADERS, "The headers differ from the request.")
        match call.method:
            case "initialize":
                wanted = call.params.version
                spoken = wanted if wanted in WITH_HANDSHAKE else WITH_HANDSHAKE[0]
                result = {"protocolVersion": spoken, "serverInfo": INFO, **OFFERS}
            case "server/discover":
                result = {"supportedVersions": [STATELESS], **OFFERS, "_meta": {SERVER: INFO}}
            case "tools/list":
                result = LISTED
            case "tools/call":
                result = await self._call(call.params, caller)
            case "ping":
                pass
            case _:
                raise _Failure(METHOD, "There is no such method.", 404)
        if version is None:
            return result
        return {**result, **({} if call.method == "tools/call" else CACHED), "resultType": "complete"}

    async def _call(self, params: _Params, caller: Caller) -> dict[str, Any]:
        """Return what a tool says. A refusal and a fault are said, too: each has one sentence and the next step."""
        tool = TOOLS.get(params.name)
        if tool is None:
            raise _Failure(PARAMS, "There is no such tool.")
        (known, asked_at), asker = caller, params.meta.slack
        who = known or (MemberKey(asker.team_id, asker.user_id) if asker else None)
        if who is None:
            raise _Failure(PARAMS, "Slack did not say who asks.")
        try:
            answer = partial(tool.answer, _given(tool, params.arguments))
            said = await self._edge.assistant(who, asked_at, answer, writes=tool.writes)
        except Exception as error:  # noqa: BLE001 - it answers for every error
            text = text_of(sorry.apology(error, NextStep("", params.name)))
            return {"content": [{"type": "text", "text": text}], "isError": True}
        result: dict[str, Any] = {"content": [{"type": "text", "text": text_of(said)}]}
        blocks = (said.without_charts or said).blocks
        if known is None and blocks and len(to_json(blocks)) <= MAX_BLOCKS:
            result["_meta"] = {"slack": {"blocks": blocks}}
        return result


def _given(tool: Tool, arguments: Mapping[str, Any]) -> dict[str, str]:
    try:
        given = Given.validate_python({name: value for name, value in arguments.items() if name in tool.arguments})
    except ValidationError:
        raise UserError("Each argument is a text.") from None
    given = {name: value.strip() for name, value in given.items() if value.strip()}
    if any(len(value) > MAX_ARGUMENT for value in given.values()):
        raise UserError(f"An argument has {MAX_ARGUMENT} characters at most.")
    if tool.needed and tool.needed not in given:
        raise UserError(f"The argument `{tool.needed}` is missing.")
    return given
