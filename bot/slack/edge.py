"""In: check who asks, call the handler of what they asked for, and answer where that kind of request is read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.coach import assistants, installing
from bot.core.errors import NextStep, NotInstalled, OtherWorkspace
from bot.core.installation import is_organisation
from bot.core.member import MemberKey
from bot.slack import ask, payloads, sorry, talk, views
from bot.slack.blocks import PREFIX, section
from bot.slack.door import Fault, Rejections
from bot.slack.events import EVENTS, OF_ORGANISATIONS, REMOVALS, Reconnection
from bot.slack.flood import MemberBuckets, TooFast, direct_channel, is_quiet, sender
from bot.slack.form import FieldError, Form, Pushed, Saved, carried, carrying, filled
from bot.slack.message import Message, to_json, unescape
from bot.slack.noun import Nouns, Outdated
from bot.slack.payloads import Address, Click, Command, EventCallback, Malformed, Shortcut, Submission, View, slack_id
from bot.slack.replies import Replies, redraw
from bot.slack.request import Background, Event, Request, hearing
from bot.slack.services import Services

log = logging.getLogger(__name__)

IN_TIME = 2.2  # seconds after a request came: Slack waits three, on both ways. The stores give up a wait after two.
SIGNED_AT = "x-slack-request-timestamp"  # a header
IGNORED_IN_EVENTS = (NotInstalled, OtherWorkspace, Outdated)  # sending these again changes nothing

Body = dict[str, Any]  # of a request
Answer = Callable[[Request], Awaitable[Message]]
Asked = Command | Click | Submission | Shortcut | EventCallback


class Edge:
    """All requests of Slack, whatever way they come."""

    def __init__(self, services: Services, nouns: Nouns, rejections: Rejections, buckets: MemberBuckets) -> None:
        self.services, self._nouns, self._rejections, self._buckets = services, nouns, rejections, buckets
        self.background = Background()
        self._replies = Replies(services)
        self._reconnection = Reconnection(services.store, services.clock)
        self._told: Mapping[str, Callable[[Exception, Body], str]] = {  # what a person reads, as the direct answer
            "command": self._command_failed,
            "block_actions": self._click_failed,
            "view_submission": self._form_failed,
            "shortcut": self._shortcut_failed,
            "message_action": self._shortcut_failed,
        }

    async def authorize(self, enterprise_id: str | None, team_id: object) -> AuthorizeResult:
        """Return what Bolt needs to know of a workspace. Raise NotInstalled, and Malformed for what is no id."""
        return await self.services.installations.authorize(slack_id(enterprise_id), slack_id(team_id))

    async def in_time(self, work: Coroutine[Any, Any, str], body: Body) -> str:
        """Return the answer or, if that takes too long, that it does. The work goes on: what it stores stays stored."""
        task = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({task}, timeout=IN_TIME)
        if done:
            return task.result()
        kind = _kind_of(body)
        log.warning("answer.late", extra={"kind": kind})
        self.background(self._finish(task, body))
        return self._told[kind](sorry.Late(), body)

    async def _finish(self, task: "asyncio.Task[str]", body: Body) -> None:
        """Wait for a late answer. That to a command comes as a new message: Slack can't replace the first one."""
        try:
            answer = await task
        except Exception as error:  # noqa: BLE001 - it answers for every error
            answer = self.failed(error, body).body
        if answer and _kind_of(body) == "command":
            await self._replies.follow(payloads.read(Command, body).response_url, answer)

    async def _hear(self, asked: Request, answer: Awaitable[Message | Form]) -> Message | Form:
        """Return the answer of a handler. A guest reads first that they are one, unless others see the answer."""
        said = await hearing(asked, self.background, answer)
        if isinstance(said, Form) or said.replaces or said.for_all or asked.noted:
            return said
        is_guest = await self.services.people.seems_guest(asked.who)
        return replace(said, blocks=[sorry.GUEST, *(said.blocks or [section(said.text)])]) if is_guest else said

    async def command(self, command: Command, request: AsyncBoltRequest) -> str:
        line = unescape(command.text).strip()
        typed = talk.read(line, self._nouns)
        after_removal = self._nouns.verbs[typed.verb].after_removal
        workspace_id = await self._workspace(request, command, after_removal=after_removal)
        who = self._member(workspace_id, command.user_id)
        asked = self._request(request, who)
        asked.channel, asked.public_channel = command.channel_id, command.public_channel
        said = await self._hear(asked, ask.answer(asked, typed, line))
        if isinstance(said, Form):
            await asked.slack.open_view(command.trigger_id, said.opened_at(Address(command.response_url)))
            return ""
        self._after(who, said)
        if said.without_charts is not None:  # the direct answer would not tell whether Slack showed it
            self.background(self._reply(Address(command.response_url), said, who))
            return ""
        return said.body(response_type=said.response_type)

    async def click(self, click: Click, request: AsyncBoltRequest) -> str:
        """Answer a click at its `response_url`, or in the view where it was made."""
        name, value = click.pressed
        after_removal = name in self._nouns.clicks and self._nouns.clicks[name].after_removal
        who = self._member(await self._workspace(request, click, after_removal=after_removal), click.user_id)
        asked = self._request(request, who)
        asked.channel, asked.public_channel = click.container.channel_id, click.public_channel
        asked.clicked = click.shared_message
        if click.view is not None:
            await self._click_in_view(asked, click, click.view)
            return ""
        said = await self._hear(asked, self._nouns.click(name, value).handle(asked, value))
        if isinstance(said, Form):
            await asked.slack.open_view(click.trigger_id, said.opened_at(click.address))
        else:
            self.background(self._reply(click.address, said, who))
            self._after(who, said)
        return ""

    async def _click_in_view(self, request: Request, click: Click, view: View) -> None:
        """Answer a click in a Home or in a modal that shows a message, and then publish the Home."""
        name, value = click.pressed
        try:
            found = self._nouns.click(name, value)
            said = await self._hear(request, found.handle(request, value))
            self._after(request.who, said)
            await views.reply(request, click, view, said, on_home=found.on_home)
            self.background(views.draw_below(request, view))
        except Exception as error:  # noqa: BLE001 - Slack sends no response_url here: only this answers
            self._after(request.who)
            refusal = views.as_modal(sorry.apology(error, NextStep("", name, value)))
            self.background(views.show(request.slack, click.trigger_id, refusal, above=view.type != views.HOME))

    def _after(self, who: MemberKey, said: Message | Form | None = None) -> None:
        """Show on the member's Home what they did."""
        forgotten = isinstance(said, Message) and said.first_visit
        self.background((views.first_visit if forgotten else views.changed)(self.services, who))

    async def form(self, submission: Submission, request: AsyncBoltRequest) -> str:
        """Answer a form with what Slack shows instead of it, or with what is wrong in its fields."""
        view = submission.view
        form = self._nouns.form(view.callback_id.removeprefix(PREFIX))
        who = self._member(await self._workspace(request, submission), submission.user_id)
        asked = self._request(request, who)
        metadata, behind = carried(view.private_metadata)
        try:
            shown = await hearing(asked, self.background, form.handle(asked, metadata, filled(view.state.values)))
        except FieldError as error:
            return to_json({"response_action": "errors", "errors": {error.field: str(error)}})
        self._after(asked.who)
        self.background(views.draw_below(asked, view))
        if isinstance(shown, Pushed):
            return to_json({"response_action": "push", "view": carrying(shown.view, behind)})
        if isinstance(shown, Saved):
            self.background(self._show_saved(asked, shown, behind))
            return to_json({"response_action": "clear"}) if shown.closes_all else ""
        return to_json({"response_action": "update", "view": carrying(shown, behind)})

    async def _show_saved(self, request: Request, saved: Saved, behind: str) -> None:
        """Show what a saved form changed: in the delivered message, in the modal below, or where it was opened."""
        address = Address.parse(behind)
        is_drawn = saved.key is not None and await redraw(self.services, request.who, saved.said, saved.key)
        if behind.startswith(views.BELOW):
            await views.draw(request.slack, behind.removeprefix(views.BELOW), saved.said)
        elif address and not is_drawn and self.services.gateway.leads_to_slack(address.url):
            await self._replies.to_click(request.who, address, saved.said)

    async def assistant(self, who: MemberKey, asked_at: datetime, answer: Answer, *, writes: bool) -> Message:
        """Answer an assistant, which may do what its member may. Where it does not write, no row changes."""
        self._buckets.check(who)
        await self.services.installations.check(who.workspace_id, None)
        await self.services.store.read(assistants.check_allowed, who.workspace_id)
        asked = Request(self.services, self._nouns, who, self.services.clock.now(), asked_at=asked_at)
        await asked.check_member()
        if not writes:
            return await answer(asked)
        said = await hearing(asked, self.background, answer(asked))
        self._after(who, said)
        return said

    async def shortcut(self, shortcut: Shortcut, request: AsyncBoltRequest) -> str:
        """Open the modal of a shortcut. Raise Outdated for one that the app no longer has, and UserError."""
        who = self._member(await self._workspace(request, shortcut), shortcut.user_id)
        found = self._nouns.shortcut(shortcut.type, shortcut.callback_id.removeprefix(PREFIX))
        asked = self._request(request, who)
        await views.open_for(asked, shortcut, await hearing(asked, self.background, found.handler(asked, shortcut)))
        return ""

    async def event(self, callback: EventCallback, request: AsyncBoltRequest) -> None:
        happened = EVENTS[callback.event_type]
        payload = payloads.read(happened.payload, request.body["event"])
        services, now, happened_at = self.services, self.services.clock.now(), callback.happened_at
        is_removal = callback.event_type in REMOVALS
        if (workspace_id := _about_organisation(request, callback)) is None:
            workspace_id = await self._workspace(request, callback, after_removal=is_removal)
            if is_removal and (organisation := _organisation(request)):  # which of the two ended is not said
                await services.store.write(installing.doubt_both, workspace_id, organisation, now)
                return
        if self._is_too_fast(workspace_id, payload):
            return  # and Slack does not send it again
        event = Event(services, self._nouns, self.background, workspace_id, callback.event_id, now, happened_at)
        await happened.handler(event, payload)

    def _is_too_fast(self, workspace_id: str, event: object) -> bool:
        """Return whether to ignore an event, as its sender floods the bot. The sender is told once in each flood."""
        member_id = sender(event)
        if member_id is None:
            return False
        try:
            self._member(workspace_id, member_id)
        except TooFast as error:
            if error.first and (channel := direct_channel(event)):
                self.background(self.services.gateway.for_workspace(workspace_id).say(channel, sorry.refused(error)))
            return True
        return False

    async def _workspace(self, request: AsyncBoltRequest, payload: Asked, *, after_removal: bool = False) -> str:
        """Return the workspace for which Bolt authorized a request. Raise OtherWorkspace where it names another.

        The two differ for people of another organisation in a shared channel, whom the bot may not take for members.
        Raise NotInstalled where the app is not.
        """
        authorized = request.context.authorize_result
        workspace_id = slack_id(authorized.team_id) if authorized else None  # Bolt authorizes removals by itself
        if workspace_id is not None and is_organisation(workspace_id):
            workspace_id = payload.claimed_workspace
        if workspace_id is None:
            raise NotInstalled
        if payload.claimed_workspace not in {None, workspace_id}:
            raise OtherWorkspace
        if not after_removal:
            has_app = False
            try:
                await self.services.installations.check(workspace_id, _organisation(request))
                has_app = True
            finally:
                if self._reconnection.is_news(workspace_id):
                    self.background(self._reconnection.note(workspace_id, has_app=has_app))
        return workspace_id

    def _member(self, workspace_id: str, member_id: str) -> MemberKey:
        """Return who asks. Raise TooFast if this member sends more than one member may."""
        who = MemberKey(workspace_id, member_id)
        self._buckets.check(who)
        return who

    def _request(self, request: AsyncBoltRequest, who: MemberKey) -> Request:
        now, stamp = self.services.clock.now(), next(iter(request.headers.get(SIGNED_AT, ())), "")
        signed_at = datetime.fromtimestamp(int(stamp), UTC) if stamp.isdecimal() else None  # None over Socket Mode
        return Request(self.services, self._nouns, who, now, asked_at=signed_at)

    async def _reply(self, address: Address, message: Message, who: MemberKey) -> None:
        """Answer a click at its `response_url`: Slack ignores the body of the answer to the click itself."""
        if address.url:
            await self._replies.to_click(who, address, message)

    def failed(self, error: Exception, body: Body) -> BoltResponse:
        """Answer for every error, kindly and where a request of this kind is read."""
        tell, is_event = self._told.get(_kind_of(body)), _kind_of(body) == "event_callback"
        if isinstance(error, BoltUnhandledRequestError):
            if tell is None and not is_event:
                return BoltResponse(status=404)  # Slack sends what the manifest doesn't ask for
            error = Outdated()
        if not isinstance(error, Malformed):
            try:
                if tell is not None:
                    return BoltResponse(status=200, body=tell(error, body))
                if is_event:
                    return _event_failed(error, body)
            except Malformed as malformed:
                error = malformed
        cause = error.__cause__ if isinstance(error, Malformed) else error
        self._rejections.add(Fault.MALFORMED, error=cause)
        return BoltResponse(status=400)

    def _command_failed(self, error: Exception, body: Body) -> str:
        typed = talk.read(unescape(payloads.read(Command, body).text), self._nouns)
        return sorry.apology(error, NextStep("", *typed)).body(response_type="ephemeral")

    def _click_failed(self, error: Exception, body: Body) -> str:
        click = payloads.read(Click, body)
        if isinstance(error, sorry.Late) and click.view is not None:
            self._show_late(click, above=click.view.type != views.HOME)
        elif not is_quiet(error):
            said = sorry.apology(error, NextStep("", *click.pressed))
            who = MemberKey(click.claimed_workspace or "", click.user_id)
            self.background(self._reply(click.address, said, who))
        return ""

    def _form_failed(self, error: Exception, body: Body) -> str:
        """Say what is wrong above the form, which stays as it was filled in; an outdated form is replaced."""
        payloads.read(Submission, body)
        if isinstance(error, sorry.Late):
            return to_json({"response_action": "push", "view": sorry.LATE_MODAL})
        if isinstance(error, Outdated):
            return to_json({"response_action": "update", "view": sorry.modal(sorry.OUTDATED_FORM)})
        return to_json({"response_action": "push", "view": sorry.above_the_form(error, self._nouns)})

    def _shortcut_failed(self, error: Exception, body: Body) -> str:
        shortcut = payloads.read(Shortcut, body)
        if isinstance(error, sorry.Late):
            self._show_late(shortcut, above=False)
        elif not is_quiet(error):
            self.background(views.apologise(self.services.gateway, shortcut, error))
        return ""

    def _show_late(self, asked: Click | Shortcut, *, above: bool) -> None:
        """Show that the answer is late in a modal, as Slack sends no `response_url`."""
        try:
            slack = self.services.gateway.for_workspace(asked.claimed_workspace or "")
        except NotInstalled:
            return
        self.background(views.show(slack, asked.trigger_id, sorry.LATE_MODAL, above=above))


def _kind_of(body: Body) -> str:
    """Return `command` or the payload's type; empty for what has neither."""
    kind = "command" if "command" in body else body.get("type")
    return kind if isinstance(kind, str) else ""


def _organisation(request: AsyncBoltRequest) -> str | None:
    """Return the organisation through whose installation a request came; None where the workspace has its own."""
    return slack_id(request.context.enterprise_id) if request.context.is_enterprise_install else None


def _about_organisation(request: AsyncBoltRequest, callback: EventCallback) -> str | None:
    """Return the organisation whose installation an event is about; None if it is about one of a workspace.

    Raise NotInstalled where an event that only organisations have names none.
    """
    named, organisation = callback.claimed_workspace, slack_id(request.context.enterprise_id)
    if named is not None and is_organisation(named):
        named, organisation = None, named
    if callback.event_type in OF_ORGANISATIONS:
        if organisation is None:
            raise NotInstalled
        return organisation
    return organisation if callback.event_type in REMOVALS and named is None else None


def _event_failed(error: Exception, body: Body) -> BoltResponse:
    """Answer 500, after which Slack sends the event again, unless that would change nothing."""
    callback = payloads.read(EventCallback, body)
    if isinstance(error, IGNORED_IN_EVENTS):
        return BoltResponse(status=200)
    reference = sorry.new_reference()
    log.error("event.broke", exc_info=error, extra={"reference": reference, "event": callback.event_type})
    return BoltResponse(status=500)
