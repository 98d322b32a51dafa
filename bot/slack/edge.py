"""In: hears what Slack sends, has it done, and answers in the way that each kind of request is read."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.coach.entries import Place
from bot.core.errors import NotInstalled, UserError
from bot.core.member import MemberKey
from bot.slack import actions, commands
from bot.slack.form import FieldError, Form, Pushed, filled
from bot.slack.installation import Installation
from bot.slack.later import Later
from bot.slack.message import Message, to_json, unescape
from bot.slack.request import Event, Request, Services
from bot.slack.views import sorry
from bot.slack.views.blocks import PREFIX

log = logging.getLogger(__name__)

COMMAND = "/roleshift"
EMPTY: dict[str, str | Sequence[str]] = {}
JSON: dict[str, str | Sequence[str]] = {"content-type": "application/json;charset=utf-8"}
REFERENCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another when read aloud

Body = dict[str, Any]


class _Authorize(AsyncAuthorize):
    """Asks the installation; a plain function would cost Bolt the gathering of everything that one could want."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    async def __call__(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        **_: Any,  # noqa: ANN401 - what else Bolt knows
    ) -> AuthorizeResult:
        return await self._installation.authorize(enterprise_id, team_id)


class _Shortcut(AsyncMiddleware):
    """Hears commands and clicks before Bolt looks for a listener, which would be a third of what Bolt costs."""

    def __init__(self, answer: Callable[[Body], Awaitable[BoltResponse]], hears: Callable[[Body], bool]) -> None:
        self._answer, self._hears = answer, hears

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt hands it
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name
    ) -> BoltResponse:
        """Answers what it hears; lets all else pass."""
        return await self._answer(req.body) if self._hears(req.body) else await next()


class Edge:
    """One listener for all commands, one for all clicks, one error handler."""

    def __init__(self, services: Services, signing_secret: str | None) -> None:
        self._services = services
        self.later = Later()
        self.app = AsyncApp(
            name="roleshift",
            signing_secret=signing_secret or "",
            request_verification_enabled=signing_secret is not None,
            client=services.gateway.client,
            authorize=_Authorize(services.installation),
            process_before_response=True,  # commit first, then answer; and no polling for ack()
            raise_error_for_unhandled_request=True,  # an old button reaches the error handler
        )
        self.app.use(_Shortcut(self._command, _is_command))
        self.app.use(_Shortcut(self._click, _is_click))
        self.app.view(re.compile(f"^{PREFIX}"))(self._submit)
        for name in actions.EVENTS:
            self.app.event(name)(self._event)
        self.app.error(self._failed)

    async def _command(self, body: Body) -> BoltResponse:
        verb, _, words = unescape(body.get("text") or "").strip().partition(" ")
        who = MemberKey(_text(body.get("team_id")), _text(body.get("user_id")))
        said = await commands.named(verb).answer(self._request(who, words.strip()))
        if isinstance(said, Form):
            await self._services.gateway.open_view(body["trigger_id"], said.view)
            return _answer("")
        return _answer(said.body(response_type="ephemeral"))

    async def _click(self, body: Body) -> BoltResponse:
        action = body["actions"][0]
        verb = action["action_id"].removeprefix(PREFIX).partition(":")[0]
        answer = actions.clicked(verb)
        request = self._request(_clicker(body), _value(action), _clicked(body.get("container") or {}))
        said = sorry.GONE if answer is None else await answer(request)
        if isinstance(said, Form):
            await self._services.gateway.open_view(body["trigger_id"], said.view)
        else:
            self._respond(body, said)
        return _answer("")

    async def _submit(self, body: Body) -> BoltResponse:
        view = body["view"]
        submit = actions.FORMS.get(view["callback_id"].removeprefix(PREFIX))
        if submit is None:
            return _answer(to_json({"response_action": "update", "view": sorry.modal(sorry.OUTDATED_FORM)}))
        try:
            request = self._request(_clicker(body), view.get("private_metadata") or "")
            shown = await submit(request, filled(view["state"]["values"]))
        except FieldError as error:
            return _answer(to_json({"response_action": "errors", "errors": {error.field: str(error)}}))
        if isinstance(shown, Pushed):
            return _answer(to_json({"response_action": "push", "view": shown.view}))
        return _answer(to_json({"response_action": "update", "view": shown}))

    async def _event(self, body: Body) -> BoltResponse:
        event = body["event"]
        happening = Event(
            self._services, _text(body.get("team_id")), _text(body.get("event_id")), event, self._services.clock.now()
        )
        await actions.EVENTS[event["type"]](happening)
        return _answer("")

    def _request(self, who: MemberKey, words: str, clicked: Place | None = None) -> Request:
        return Request(self._services, who, words, self._services.clock.now(), clicked)

    def _respond(self, body: Body, message: Message) -> None:
        """Slack ignores what answers a click, so what is said goes to its `response_url`."""
        url = body.get("response_url")
        if not url:
            return
        for_one = bool(body.get("container", {}).get("is_ephemeral"))
        self.later(self._post(url, message, replace=for_one if message.replaces is None else message.replaces))

    async def _post(self, url: str, message: Message, *, replace: bool) -> None:
        try:
            await self._services.gateway.respond(url, message, replace=replace)
        except (aiohttp.ClientError, TimeoutError):
            log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress

    async def _failed(self, error: Exception, body: Body, request: AsyncBoltRequest) -> BoltResponse:
        """The one error handler: says it kindly where this kind of request is read."""
        kind = body.get("type")
        if isinstance(error, _Malformed) or (kind == "event_callback" and not isinstance(body.get("event"), dict)):
            log.warning("request.malformed", extra={"mode": request.mode})
            return _answer("", 400)
        message = _said(error)
        if body.get("command"):
            return _answer(message.body(response_type="ephemeral"))
        if kind == "event_callback":  # Slack tries again after a 500, so an event is never lost
            return _answer("", 200 if isinstance(error, (BoltUnhandledRequestError, NotInstalled)) else 500)
        if kind == "view_submission":  # above the form, which stays as it was filled in
            return _answer(to_json({"response_action": "push", "view": sorry.modal(message)}))
        if kind in {"block_actions", "view_closed"}:
            self._respond(body, message)
            return _answer("")
        log.warning("request.unknown", extra={"mode": request.mode})
        return _answer("", 404)


def _said(error: Exception) -> Message:
    if isinstance(error, UserError):
        if error.__cause__ is not None:
            log.warning("request.refused", exc_info=error.__cause__)
        return sorry.refused(error)
    if isinstance(error, BoltUnhandledRequestError):
        return sorry.GONE
    reference = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))
    log.error("request.broke", exc_info=error, extra={"reference": reference})
    return sorry.broken(reference)


class _Malformed(Exception):
    """Signed, but not what Slack sends."""


def _is_command(body: Body) -> bool:
    return body.get("command") == COMMAND


def _is_click(body: Body) -> bool:
    """On a button of ours; whatever bears another id is a button of a time gone by."""
    if body.get("type") != "block_actions":
        return False
    return str(body["actions"][0]["action_id"]).startswith(PREFIX)


def _clicker(body: Body) -> MemberKey:
    return MemberKey(_text((body.get("team") or {}).get("id")), _text((body.get("user") or {}).get("id")))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _Malformed
    return value


def _value(action: Body) -> str:
    chosen: str = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
    return chosen


def _clicked(container: Body) -> Place | None:
    channel, ts = container.get("channel_id"), container.get("message_ts")
    return Place(str(channel), str(ts)) if channel and ts and not container.get("is_ephemeral") else None


def _answer(body: str, status: int = 200) -> BoltResponse:
    return BoltResponse(status=status, body=body, headers=JSON if body else EMPTY)
