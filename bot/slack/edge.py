"""In: hears what Slack sends, has it done, and answers in the way that each kind of request is read."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
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
from bot.core.errors import NotInstalled, OtherWorkspace, Step, UserError
from bot.core.member import MemberKey
from bot.rejections import Reason, Rejections
from bot.services import Services
from bot.slack import actions, commands
from bot.slack.background import Background
from bot.slack.form import FieldError, Form, Pushed, filled
from bot.slack.installation import Installations
from bot.slack.message import Message, to_json, unescape
from bot.slack.payloads import Click, Command, EventCallback, Malformed, Submission, read
from bot.slack.request import Event, Request
from bot.slack.screens import sorry
from bot.slack.screens.blocks import PREFIX

log = logging.getLogger(__name__)

COMMAND = "/roleshift"
EMPTY: dict[str, str | Sequence[str]] = {}
JSON: dict[str, str | Sequence[str]] = {"content-type": "application/json;charset=utf-8"}
REFERENCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for another when read aloud

IGNORED_IN_EVENTS = (BoltUnhandledRequestError, NotInstalled, OtherWorkspace)  # to send these again changes nothing

Body = dict[str, Any]


class _Authorize(AsyncAuthorize):
    """Look a workspace up among the installations. Bolt calls a plain function more slowly: it collects arguments."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    async def __call__(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        **_: Any,  # noqa: ANN401 - what else Bolt knows
    ) -> AuthorizeResult:
        return await self._installations.authorize(enterprise_id, team_id)


class _Shortcut(AsyncMiddleware):
    """Answers before Bolt looks for a listener: that is a third of what Bolt costs, and fails on odd payloads."""

    def __init__(self, answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse | None]]) -> None:
        self._answer = answer

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt hands it
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name
    ) -> BoltResponse:
        """Return the answer, or let the request pass where there is none."""
        return await self._answer(req) or await next()


class Edge:
    """One handler for each kind of request, and one error handler."""

    def __init__(self, services: Services, rejections: Rejections) -> None:
        self._services, self._rejections = services, rejections
        self.background = Background()
        self.app = AsyncApp(
            name="roleshift",
            request_verification_enabled=False,  # the door verifies before anything is parsed; Socket Mode needs none
            client=services.gateway.client,
            authorize=_Authorize(services.installations),
            process_before_response=True,  # commit first, then answer; and no polling for ack()
            raise_error_for_unhandled_request=True,  # an old button reaches the error handler
        )
        for answer in (self._command, self._click, self._submit, self._event):
            self.app.use(_Shortcut(answer))
        self.app.error(self._failed)

    async def _command(self, request: AsyncBoltRequest) -> BoltResponse | None:
        if request.body.get("command") != COMMAND:
            return None
        command = read(Command, request.body)
        typed = commands.read(unescape(command.text))
        who = MemberKey(_workspace(request, command), command.user_id)
        asked = self._request(
            request, who, typed.words, channel=command.channel_id, public_channel=command.public_channel
        )
        said = await commands.named(typed).answer(asked)
        if isinstance(said, Form):
            await asked.slack.open_view(command.trigger_id, said.view)
            return _answer("")
        return _answer(said.body(response_type="ephemeral"))

    async def _click(self, request: AsyncBoltRequest) -> BoltResponse | None:
        if request.body.get("type") != "block_actions":
            return None
        click = read(Click, request.body)
        if not click.actions[0].action_id.startswith(PREFIX):
            return None  # Bolt finds no listener, and the error handler says that the button is out of date
        asked = _pressed(click)
        who = MemberKey(_workspace(request, click), click.user.id)
        if click.view is not None and asked.verb in actions.CHANGES:
            form = self._request(request, who, click.view.private_metadata)
            changed = await actions.CHANGES[asked.verb](form, filled(click.view.state.values))
            await form.slack.update_view(click.view.id, click.view.hash, changed)
            return _answer("")
        answer = actions.clicked(asked.verb)
        where, public = click.container.channel_id, click.channel.public
        pressed = self._request(request, who, asked.words, click.place, channel=where, public_channel=public)
        said = sorry.GONE if answer is None else await answer(pressed)
        if isinstance(said, Form):
            await pressed.slack.open_view(click.trigger_id, said.view)
        else:
            self._respond(click, said)
        return _answer("")

    async def _submit(self, request: AsyncBoltRequest) -> BoltResponse | None:
        if request.body.get("type") != "view_submission":
            return None
        submission = read(Submission, request.body)
        submit = actions.FORMS.get(submission.view.callback_id.removeprefix(PREFIX))
        if submit is None:
            return _answer(to_json({"response_action": "update", "view": sorry.modal(sorry.OUTDATED_FORM)}))
        who = MemberKey(_workspace(request, submission), submission.user.id)
        try:
            shown = await submit(
                self._request(request, who, submission.view.private_metadata), filled(submission.view.state.values)
            )
        except FieldError as error:
            return _answer(to_json({"response_action": "errors", "errors": {error.field: str(error)}}))
        if isinstance(shown, Pushed):
            return _answer(to_json({"response_action": "push", "view": shown.view}))
        return _answer(to_json({"response_action": "update", "view": shown}))

    async def _event(self, request: AsyncBoltRequest) -> BoltResponse | None:
        if request.body.get("type") != "event_callback":
            return None
        callback = read(EventCallback, request.body)
        happened = actions.EVENTS.get(callback.event.type)
        if happened is None:
            return None
        now, fields = self._services.clock.now(), request.body["event"]
        await happened(Event(self._services, _workspace(request, callback), callback.event_id, fields, now))
        return _answer("")

    def _request(
        self,
        request: AsyncBoltRequest,
        who: MemberKey,
        words: str,
        clicked: Place | None = None,
        *,
        channel: str | None = None,
        public_channel: str | None = None,
    ) -> Request:
        now, asked_at = self._services.clock.now(), _signed_at(request)
        return Request(self._services, who, words, now, clicked, public_channel, channel, asked_at)

    def _respond(self, click: Click, message: Message) -> None:
        """Answer a click at its `response_url`: Slack ignores the body of the answer to the click itself."""
        if not click.response_url:
            return
        replace = click.container.is_ephemeral if message.replaces is None else message.replaces
        self.background(self._post(click.response_url, message, replace=replace))

    async def _post(self, url: str, message: Message, *, replace: bool) -> None:
        try:
            await self._services.gateway.respond(url, message, replace=replace)
        except (aiohttp.ClientError, TimeoutError):
            log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress

    async def _failed(self, error: Exception, body: Body, request: AsyncBoltRequest) -> BoltResponse:
        """The one error handler: says it kindly where this kind of request is read."""
        try:
            if isinstance(error, Malformed):
                raise error
            return self._apology(error, body)
        except Malformed as malformed:
            self._rejections.add(Reason.MALFORMED, error=malformed.__cause__)
            log.debug("request.malformed", extra={"mode": request.mode})
            return _answer("", 400)

    def _apology(self, error: Exception, body: Body) -> BoltResponse:
        kind = body.get("type")
        if body.get("command") == COMMAND:
            asked = Step("", *commands.read(unescape(read(Command, body).text)))
            return _answer(_said(error, asked).body(response_type="ephemeral"))
        if kind == "event_callback":  # Slack tries again after a 500, so an event is never lost
            read(EventCallback, body)
            _said(error)
            return _answer("", 200 if isinstance(error, IGNORED_IN_EVENTS) else 500)
        if kind == "view_submission":  # above the form, which stays as it was filled in
            read(Submission, body)
            steps = [step for step in getattr(error, "steps", ()) if step.verb in commands.VERBS]
            return _answer(to_json({"response_action": "push", "view": sorry.modal(_said(error), tuple(steps))}))
        if kind == "block_actions":
            click = read(Click, body)
            self._respond(click, _said(error, _pressed(click)))
            return _answer("")
        if isinstance(error, BoltUnhandledRequestError):
            return _answer("", 200 if kind == "view_closed" else 404)
        raise Malformed from error  # Bolt failed on a payload of no known kind


def _pressed(click: Click) -> Step:
    """Return the verb and the words of a button or a menu."""
    action = click.actions[0]
    chosen = action.value or (action.selected_option.value if action.selected_option else "")
    return Step("", action.action_id.removeprefix(PREFIX).partition(":")[0], chosen)


def _said(error: Exception, asked: Step | None = None) -> Message:
    """Return what a person reads. `asked` is what they asked for, which a refusal can offer again."""
    if isinstance(error, UserError):
        if error.__cause__ is not None:
            log.warning("request.refused", exc_info=error.__cause__)
        return sorry.refused(error, asked)
    if isinstance(error, BoltUnhandledRequestError):
        return sorry.GONE
    reference = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))
    log.error("request.broke", exc_info=error, extra={"reference": reference})
    return sorry.broken(reference, asked)


def _workspace(request: AsyncBoltRequest, payload: Command | Click | Submission | EventCallback) -> str:
    """Return the workspace for which the request was authorized. Raise OtherWorkspace where the payload names another.

    The two differ for people of another organisation in a shared channel, whom the bot may not take for members.
    """
    authorized = request.context.authorize_result
    if authorized is None or authorized.team_id is None:
        raise NotInstalled
    if payload.claimed_workspace not in {None, authorized.team_id}:
        raise OtherWorkspace
    return authorized.team_id


def _signed_at(request: AsyncBoltRequest) -> datetime | None:
    """Return when Slack signed a request, to the second; None over Socket Mode, where nobody else can send one."""
    stamp = next(iter(request.headers.get("x-slack-request-timestamp", ())), "")
    return datetime.fromtimestamp(int(stamp), UTC) if stamp.isdecimal() else None


def _answer(body: str, status: int = 200) -> BoltResponse:
    return BoltResponse(status=status, body=body, headers=JSON if body else EMPTY)
