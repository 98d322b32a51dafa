"""In: validate what Slack sends, call its handler, and answer where that kind of request is read."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.coach.entries import Place
from bot.core.errors import NextStep, NotInstalled, OtherWorkspace
from bot.core.member import MemberKey
from bot.run.services import Services
from bot.slack import apologies, event_routes, homes, in_views, routes, shortcuts, typed
from bot.slack.background import Background
from bot.slack.bolt import Authorize, Dispatcher, InTimeApp, authorized_workspace, check_installed, signed_at
from bot.slack.exchange import Body, kind_of, pressed, respond
from bot.slack.flood import Buckets, TooFast, direct_channel, is_quiet, sender
from bot.slack.form import FieldError, Form, Pushed, Saved, carried, filled
from bot.slack.heard import Heard
from bot.slack.late import Late
from bot.slack.message import Message, to_json, unescape
from bot.slack.payloads import Click, Command, EventCallback, Malformed, Shortcut, Submission, View, read
from bot.slack.redraw import redraw, redraw_also
from bot.slack.rejections import Reason, Rejections
from bot.slack.replies import Replies
from bot.slack.request import Event, Outdated, Request
from bot.slack.screens import sorry
from bot.slack.screens.blocks import PREFIX

COMMAND = "/roleshift"

IGNORED_IN_EVENTS = (NotInstalled, OtherWorkspace)  # sending these again changes nothing
# What members may ask for after the app was removed, and the events of that, which may precede the installation.
WITHOUT_INSTALLATION = {"forget", "forget-now", *event_routes.REMOVALS}

Asked = Command | Click | Submission | Shortcut | EventCallback


class _Kind(NamedTuple):
    """A kind of request: how the bot answers it, and how it says that something went wrong."""

    answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
    apologise: Callable[[Exception, Body], BoltResponse]


class Edge:
    """One dispatcher over the kinds of requests, and one error handler."""

    def __init__(self, services: Services, rejections: Rejections, buckets: Buckets) -> None:
        self._services, self._rejections, self._buckets = services, rejections, buckets
        self._kinds: Mapping[object, _Kind] = {
            "command": _Kind(self._command, self._command_failed),
            "block_actions": _Kind(self._click, self._click_failed),
            "view_submission": _Kind(self._submit, _submit_failed),
            "shortcut": _Kind(self._shortcut, self._shortcut_failed),
            "message_action": _Kind(self._shortcut, self._shortcut_failed),
            "event_callback": _Kind(self._event, _event_failed),
        }
        self.background = Background()  # a stop waits for it
        self._replies = Replies(services.gateway, services.clock)
        self._heard = Heard(services.store, services.clock)
        self.app = InTimeApp(
            Late(services.gateway, self._replies, self.background).in_time,
            name="roleshift",
            request_verification_enabled=False,  # the door verifies before anything is parsed; Socket Mode needs none
            client=services.gateway.client,
            authorize=Authorize(services.installations),
            attaching_function_token_enabled=False,  # the app has no steps for workflows
            process_before_response=True,  # commit first, then answer; and no polling for ack()
        )
        self.app.use(Dispatcher(self._dispatch))
        self.app.error(self._failed)

    async def _dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        kind = self._kinds.get(kind_of(request.body))
        if kind is None:  # a form was closed, which needs no answer; or Slack sends what the manifest doesn't ask for
            return respond("", 200 if request.body.get("type") == "view_closed" else 404)
        return await kind.answer(request)

    async def _command(self, request: AsyncBoltRequest) -> BoltResponse:
        command = read(Command, request.body)
        if command.command != COMMAND:
            return respond(sorry.UNKNOWN_COMMAND.body(response_type="ephemeral"))
        words_typed = typed.read(unescape(command.text))
        asked_for = typed.command(words_typed)
        who = self._member(self._workspace(request, command, routes.verb_of(asked_for)), command.user_id)
        asked = self._request(request, who, channel=command.channel_id, public_channel=command.public_channel)
        said = await asked_for.answer(asked, words_typed.words)
        if isinstance(said, Form):
            await asked.slack.open_view(command.trigger_id, said.view)
            return respond("")
        self._after(who, said)
        if said.also is not None:
            self.background(redraw_also(self._services, who, said))
        left = await self._replies.show_charts(who.workspace_id, command.response_url, said)
        return respond(left.body(response_type=left.response_type) if left else "")

    async def _click(self, request: AsyncBoltRequest) -> BoltResponse:
        click = read(Click, request.body)
        verb, value = pressed(click)
        who = self._member(self._workspace(request, click, verb), click.user.id)
        if click.view is not None and verb in routes.CLICKS_IN_FORMS:
            await self._redraw(self._request(request, who), click, click.view, verb)
            return respond("")
        where, public = click.container.channel_id, click.channel.public
        asked = self._request(request, who, click.place, channel=where, public_channel=public)
        if click.view is not None:
            await self._click_in_view(asked, click, click.view, verb, value)
            return respond("")
        said = await routes.click(verb, value).answer(asked, value)
        if isinstance(said, Form):
            await asked.slack.open_view(click.trigger_id, said.opened_at(click.response_url))
        else:
            self._respond(click, said, who)
            self._after(who, said)
        return respond("")

    async def _click_in_view(self, asked: Request, click: Click, view: View, verb: str, value: str) -> None:
        """Answer a click in a Home or in a modal that shows a message, and then publish the Home."""
        try:
            said = await routes.click(verb, value).answer(asked, value)
            self._after(asked.who, said)
            await in_views.answer(asked, click, view, said)
            self.background(in_views.draw_below(asked, view))
            self.background(redraw_also(self._services, asked.who, said))
        except Exception as error:  # noqa: BLE001 - Slack sends no response_url here: only this answers
            refusal = in_views.as_modal(apologies.said(error, NextStep("", verb, value)))
            self.background(in_views.show_above(asked.slack, click, view, refusal))
        if view.type == in_views.HOME:
            self.background(homes.clicked(self._services, asked.who))

    def _after(self, who: MemberKey, said: Message | Form) -> None:
        if isinstance(said, Message) and said.first_visit:
            self.background(homes.first_visit(self._services, who))

    async def _redraw(self, asked: Request, click: Click, view: View, verb: str) -> None:
        """Draw a form anew after a click on a button in it. If that fails, say so above the form, which stays."""
        metadata, _ = carried(view.private_metadata)
        try:
            drawn = await routes.CLICKS_IN_FORMS[verb].answer(asked, metadata, filled(view.state.values))
            await asked.slack.update_view(view.id, view.hash, drawn)
            if asked.slack.has_interim(click.trigger_id):  # which lies above the form
                await asked.slack.replace_interim(click.trigger_id, sorry.REDRAWN)
        except Exception as error:  # noqa: BLE001 - Slack sends no response_url for a click in a form: only this answers
            self.background(in_views.show_above(asked.slack, click, view, apologies.above_the_form(error)))

    async def _submit(self, request: AsyncBoltRequest) -> BoltResponse:
        submission = read(Submission, request.body)
        view = submission.view
        route = routes.form(view.callback_id.removeprefix(PREFIX))
        asked = self._request(request, self._member(self._workspace(request, submission), submission.user.id))
        metadata, response_url = carried(view.private_metadata)
        try:
            shown = await route.answer(asked, metadata, filled(view.state.values))
        except FieldError as error:
            return respond(to_json({"response_action": "errors", "errors": {error.field: str(error)}}))
        self.background(in_views.draw_below(asked, view))
        if isinstance(shown, Pushed):
            return respond(to_json({"response_action": "push", "view": shown.view}))
        if isinstance(shown, Saved):
            self.background(redraw(self._services, asked.who, shown, response_url))
            shown = shown.view
        return respond(to_json({"response_action": "update", "view": shown}))

    async def _shortcut(self, request: AsyncBoltRequest) -> BoltResponse:
        shortcut = read(Shortcut, request.body)
        who = self._member(self._workspace(request, shortcut), shortcut.user.id)
        await shortcuts.answer(self._request(request, who), shortcut)
        return respond("")

    async def _event(self, request: AsyncBoltRequest) -> BoltResponse:
        callback = read(EventCallback, request.body)
        route = event_routes.EVENTS.get(callback.event.type)
        if route is not None:
            workspace_id, now = self._workspace(request, callback, callback.event.type), self._services.clock.now()
            event = Event(self._services, workspace_id, callback.event_id, now, callback.happened_at)
            payload = read(route.payload, request.body["event"])
            if self._is_too_fast(workspace_id, payload):
                return respond("")  # and Slack does not send it again
            opened = await route.handler(event, payload)
            if opened is not None:
                self.background(homes.opened(self._services, opened))
        return respond("")

    def _is_too_fast(self, workspace_id: str, event: object) -> bool:
        """Return whether to ignore an event, as its sender floods the bot. The sender is told once in each flood."""
        member_id = sender(event)
        if member_id is None:
            return False
        try:
            self._member(workspace_id, member_id)
        except TooFast as error:
            if error.first and (channel := direct_channel(event)):
                self.background(self._services.gateway.for_workspace(workspace_id).say(channel, sorry.refused(error)))
            return True
        return False

    def _workspace(self, request: AsyncBoltRequest, payload: Asked, verb: str = "") -> str:
        """Return the authorized workspace. Raise NotInstalled where the app is not, but for a few verbs."""
        workspace_id = authorized_workspace(request, payload.claimed_workspace)
        if verb not in WITHOUT_INSTALLATION:
            check_installed(request, self._services.installations, workspace_id)
            if self._heard.is_news(workspace_id):
                self.background(self._heard.note(workspace_id))
        return workspace_id

    def _member(self, workspace_id: str, member_id: str) -> MemberKey:
        """Return who asks. Raise TooFast if this member sends more than one member may."""
        who = MemberKey(workspace_id, member_id)
        self._buckets.take(who)
        return who

    def _request(
        self,
        request: AsyncBoltRequest,
        who: MemberKey,
        clicked: Place | None = None,
        *,
        channel: str | None = None,
        public_channel: str | None = None,
    ) -> Request:
        now, asked_at = self._services.clock.now(), signed_at(request)
        return Request(self._services, who, now, clicked, public_channel, channel, asked_at)

    def _respond(self, click: Click, message: Message, who: MemberKey) -> None:
        """Answer a click at its `response_url`: Slack ignores the body of the answer to the click itself."""
        if not click.response_url:
            return
        reader_alone = click.container.is_ephemeral and not message.for_all
        replace = reader_alone if message.replaces is None else message.replaces
        self.background(self._reply(click.response_url, message, who, replace=replace))

    async def _reply(self, url: str, message: Message, who: MemberKey, *, replace: bool) -> None:
        await self._replies.answer(who.workspace_id, url, message, replace=replace)
        await redraw_also(self._services, who, message)

    async def _failed(self, error: Exception, body: Body) -> BoltResponse:
        """Answer for every error, kindly and where a request of this kind is read."""
        kind = self._kinds.get(kind_of(body))
        if kind is not None and not isinstance(error, Malformed):
            try:
                return kind.apologise(error, body)
            except Malformed as malformed:
                error = malformed
        cause = error.__cause__ if isinstance(error, Malformed) else error
        self._rejections.add(Reason.MALFORMED, error=cause)
        return respond("", 400)

    def _command_failed(self, error: Exception, body: Body) -> BoltResponse:
        asked = NextStep("", *typed.read(unescape(read(Command, body).text)))
        return respond(apologies.said(error, asked).body(response_type="ephemeral"))

    def _click_failed(self, error: Exception, body: Body) -> BoltResponse:
        click = read(Click, body)
        if not is_quiet(error):
            who = MemberKey(click.claimed_workspace or "", click.user.id)
            self._respond(click, apologies.said(error, NextStep("", *pressed(click))), who)
        return respond("")

    def _shortcut_failed(self, error: Exception, body: Body) -> BoltResponse:
        shortcut = read(Shortcut, body)
        if not is_quiet(error):
            self.background(shortcuts.apologise(self._services.gateway, shortcut, error))
        return respond("")


def _submit_failed(error: Exception, body: Body) -> BoltResponse:
    """Say what is wrong above the form, which stays as it was filled in; an outdated form is replaced."""
    read(Submission, body)
    if isinstance(error, Outdated):
        return respond(to_json({"response_action": "update", "view": sorry.modal(sorry.OUTDATED_FORM)}))
    return respond(to_json({"response_action": "push", "view": apologies.above_the_form(error)}))


def _event_failed(error: Exception, body: Body) -> BoltResponse:
    """Answer 500, after which Slack sends the event again, unless that would change nothing."""
    read(EventCallback, body)
    apologies.said(error)
    return respond("", 200 if isinstance(error, IGNORED_IN_EVENTS) else 500)
