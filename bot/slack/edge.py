"""In: check who asks, call the handler of what they asked for, and answer where that kind of request is read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.coach import assistants, installing
from bot.core.errors import NextStep, NothingChanged, NotInstalled, OtherWorkspace, OutcomeUnknown, UserError
from bot.core.installation import is_organisation
from bot.core.member import MemberKey
from bot.slack import ask, blocks, door, events, noun, payloads, replies, sorry
from bot.slack.form import FieldError, Form, Saved, carried, carrying, filled
from bot.slack.message import Message, to_json, unescape
from bot.slack.payloads import Address, Click, Command, EventCallback, Malformed, Shortcut, Submission, View, slack_id
from bot.slack.request import Background, Event, Request, hearing
from bot.slack.services import Services
from bot.store import doubts

log = logging.getLogger(__name__)

IN_TIME = 2.2  # seconds after a request came: Slack waits three, on both ways. The stores give up a wait after two.
LOOKED_EVERY = 60.0  # seconds between two looks at the row of a workspace
MAX_KNOWN = 10_000  # workspaces in memory
SIGNED_AT = "x-slack-request-timestamp"  # a header
IGNORED_IN_EVENTS = (NotInstalled, OtherWorkspace, noun.Outdated)  # sending these again changes nothing
TOLD = {"command", "block_actions", "view_submission", "shortcut", "message_action"}  # of these a person reads failures

Body = dict[str, Any]  # of a request
Answer = Callable[[Request], Awaitable[Message]]
Asked = Command | Click | Submission | Shortcut


class Edge:
    """All requests of Slack, whatever way they come."""

    def __init__(
        self, services: Services, nouns: noun.Nouns, rejections: door.Rejections, buckets: door.MemberBuckets
    ) -> None:
        self.services, self._nouns, self._rejections, self._buckets = services, nouns, rejections, buckets
        self.background = Background()
        self._looked_at: dict[str, float] = {}  # workspaces, and until when not to look again, by the loop's clock

    async def in_time(self, work: Coroutine[Any, Any, str], body: Body, came_at: float) -> str:
        """Return the answer or, if that takes too long, that it does. The work goes on: what it stores stays stored.

        `came_at`: when the request came, by the loop's clock, before its workspace was looked up.
        """
        task = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({task}, timeout=came_at + IN_TIME - asyncio.get_running_loop().time())
        if done:
            return task.result()
        kind = _kind_of(body)
        log.warning("answer.late", extra={"kind": kind})

        async def finish() -> None:
            """Wait for the answer. That to a command comes as a new message: Slack can't replace the first one."""
            try:
                answer = await task
            except Exception as error:  # noqa: BLE001 - it answers for every error
                answer = self.failed(error, body).body
            if answer and kind == "command" and (url := payloads.read(Command, body).response_url):
                try:
                    await self.services.gateway.respond(url, answer)
                except (aiohttp.ClientError, TimeoutError):
                    log.warning("late.unanswered")

        self.background(finish())
        return self._told(sorry.Late(), kind, body)

    async def _hear(self, asked: Request, answer: Awaitable[Message | Form]) -> Message | Form:
        """Leave out for guests what only members may press, unless others see the answer."""
        said = await hearing(asked, self.background, answer)
        if isinstance(said, Form) or said.replaces or said.for_all or asked.noted:
            return said
        return sorry.for_guest(said) if await asked.is_guest() else said

    async def command(self, command: Command, request: AsyncBoltRequest) -> str:
        line = unescape(command.text).strip()
        typed = self._nouns.read(line)
        asked = await self._asked(request, command, after_removal=self._nouns.verbs[typed.verb].after_removal)
        asked.channel, asked.public_channel = command.channel_id, command.public_channel
        said, address = await self._hear(asked, ask.answer(asked, typed, line)), Address(command.response_url)
        if isinstance(said, Form):
            await asked.slack.open_view(command.trigger_id, carrying(said.view, str(address)))
            return ""
        self._after(asked.who, said)
        if said.without_charts is not None:  # the direct answer would not tell whether Slack showed it
            self.background(replies.to_click(self.services, asked.who, address, said))
            return ""
        return said.body(response_type=said.response_type)

    async def click(self, click: Click, request: AsyncBoltRequest) -> str:
        """Answer a click at its `response_url`, or in the view where it was made."""
        name, value = click.pressed
        after_removal = name in self._nouns.clicks and self._nouns.clicks[name].after_removal
        asked = await self._asked(request, click, after_removal=after_removal)
        asked.channel, asked.public_channel = click.container.channel_id, click.public_channel
        asked.clicked = click.shared_message
        if click.view is not None:
            await self._click_in_view(asked, click, click.view)
            return ""
        said = await self._hear(asked, self._nouns.click(name, value).handle(asked, value))
        if isinstance(said, Form):
            await asked.slack.open_view(click.trigger_id, carrying(said.view, str(click.address)))
        else:  # Slack ignores the body of the answer to the click itself
            self.background(replies.to_click(self.services, asked.who, click.address, said))
            self._after(asked.who, said)
        return ""

    async def _click_in_view(self, request: Request, click: Click, view: View) -> None:
        """Answer a click in a Home or in a modal that shows a message, and then publish the Home."""
        name, value = click.pressed
        try:
            button = self._nouns.click(name, value)
            said = await self._hear(request, button.handle(request, value))
            self._after(request.who, said)
            await replies.to_click_in_view(request, click, view, said, on_home=button.on_home)
            self.background(replies.draw_below(request, view))
        except Exception as error:  # noqa: BLE001 - Slack sends no response_url here: only this answers
            self._after(request.who)
            refusal = replies.as_modal(sorry.apology(error, NextStep("", name, value)))
            self.background(replies.show(request.slack, click.trigger_id, refusal, above=view.type != replies.HOME))

    def _after(self, who: MemberKey, said: Message | Form | None = None) -> None:
        """Show what a member did on their Home, if it was opened here; and that they are forgotten in any case."""
        if isinstance(said, Message) and said.first_visit:
            self.background(replies.publish_opened(self.services, who, None))
        elif who in self.services.open_homes:
            self.background(replies.publish(self.services, who, self.services.open_homes[who]))

    async def form(self, submission: Submission, request: AsyncBoltRequest) -> str:
        """Answer a form with what Slack shows instead of it, or with what is wrong in its fields."""
        view = submission.view
        form = self._nouns.form(view.callback_id.removeprefix(blocks.PREFIX))
        asked = await self._asked(request, submission)
        asked.post_urls = {post.channel_id: post.response_url for post in submission.response_urls}
        metadata, behind = carried(view.private_metadata)
        opened_at = Address.parse(behind)
        asked.channel = opened_at.channel if opened_at else None
        try:
            shown = await hearing(asked, self.background, form.handle(asked, metadata, filled(view.state.values)))
        except FieldError as error:
            return to_json({"response_action": "errors", "errors": {error.field: str(error)}})
        self._after(asked.who)
        self.background(replies.draw_below(asked, view))
        if isinstance(shown, Form):
            return to_json({"response_action": "push", "view": carrying(shown.view, behind)})
        if isinstance(shown, Saved):
            self.background(replies.show_saved(asked, shown, behind))
            if shown.closes_all and Address.parse(behind) is None:  # it came from a Home or a modal, so say it here
                told = {**replies.as_modal(shown.said), "clear_on_close": True}
                return to_json({"response_action": "update", "view": told})
            return to_json({"response_action": "clear"}) if shown.closes_all else ""
        return to_json({"response_action": "update", "view": carrying(shown, behind)})

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
        asked = await self._asked(request, shortcut)
        handler = self._nouns.shortcut(shortcut.type, shortcut.callback_id.removeprefix(blocks.PREFIX)).handler
        form = await hearing(asked, self.background, handler(asked, shortcut))
        try:
            await asked.slack.open_view(shortcut.trigger_id, form.view)
        except NothingChanged as error:
            said = "I could not open that window in time. Nothing was changed. Press the shortcut again, or start here."
            raise UserError(said, NextStep("My role", "myrole"), NextStep("A tip now", "tip")) from error.__cause__
        return ""

    async def event(self, callback: EventCallback, request: AsyncBoltRequest) -> None:
        event_type = callback.event_type
        kind, handle = events.EVENTS[event_type]
        payload = payloads.read(kind, request.body["event"])
        services, now, is_removal = self.services, self.services.clock.now(), event_type in events.REMOVALS
        named, organisation = callback.claimed_workspace, slack_id(request.context.enterprise_id)
        if named is not None and is_organisation(named):
            named, organisation = None, named
        if event_type in events.OF_ORGANISATIONS or (is_removal and named is None and organisation is not None):
            if organisation is None:
                raise NotInstalled
            workspace_id = organisation
        else:
            workspace_id = await self._workspace(request, callback, after_removal=is_removal)
            if is_removal and (organisation := _organisation(request)):  # which of the two ended is not said
                await services.store.write(installing.doubt_both, workspace_id, organisation, now)
                return
        if isinstance(payload, payloads.HomeOpened | payloads.Written) and payload.sender is not None:
            try:
                self._buckets.check(MemberKey(workspace_id, payload.sender))
            except door.TooFast as error:  # Slack does not send the event again
                if not error.quiet and isinstance(payload, payloads.Written) and (channel := payload.direct_channel):
                    slack = services.gateway.for_workspace(workspace_id)
                    self.background(slack.say(channel, sorry.refused(error)))
                return
        happened_at = datetime.fromtimestamp(callback.event_time, UTC) if callback.event_time else None
        event = Event(services, self._nouns, self.background, workspace_id, callback.event_id, now, happened_at)
        await handle(event, payload)

    async def _workspace(
        self, request: AsyncBoltRequest, payload: Asked | EventCallback, *, after_removal: bool
    ) -> str:
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
                self.background(self._note_alive(workspace_id, has_app=has_app))
        return workspace_id

    async def _note_alive(self, workspace_id: str, *, has_app: bool) -> None:
        """Send to a workspace again once it sends a request: it still has the app, whatever Slack says of its token."""
        now, store = asyncio.get_running_loop().time(), self.services.store
        if self._looked_at.get(workspace_id, 0.0) > now:
            return
        if len(self._looked_at) >= MAX_KNOWN:
            self._looked_at.clear()
        self._looked_at[workspace_id] = now + LOOKED_EVERY
        try:
            if await store.read(doubts.is_silent, workspace_id):
                await store.write(partial(doubts.heard, has_app=has_app), workspace_id, self.services.clock.now())
                log.warning("workspace.heard", extra={"workspace_id": workspace_id})
        except (NothingChanged, OutcomeUnknown):
            del self._looked_at[workspace_id]  # so the next request tries again

    async def _asked(self, request: AsyncBoltRequest, payload: Asked, *, after_removal: bool = False) -> Request:
        """Return what a member asks. Raise as `_workspace`, and TooFast if they send more than one member may."""
        who = MemberKey(await self._workspace(request, payload, after_removal=after_removal), payload.user_id)
        self._buckets.check(who)
        now, stamp = self.services.clock.now(), next(iter(request.headers.get(SIGNED_AT, ())), "")
        signed_at = datetime.fromtimestamp(int(stamp), UTC) if stamp.isdecimal() else None  # None over Socket Mode
        return Request(self.services, self._nouns, who, now, asked_at=signed_at)

    def failed(self, error: Exception, body: Body) -> BoltResponse:
        """Answer for every error, kindly and where a request of this kind is read."""
        kind = _kind_of(body)
        if isinstance(error, BoltUnhandledRequestError):
            if kind not in {*TOLD, "event_callback"}:
                return BoltResponse(status=404)  # Slack sends what the manifest doesn't ask for
            error = noun.Outdated()
        if not isinstance(error, Malformed):
            try:
                if kind in TOLD:
                    return BoltResponse(status=200, body=self._told(error, kind, body))
                if kind == "event_callback":
                    callback = payloads.read(EventCallback, body)
                    if isinstance(error, IGNORED_IN_EVENTS):
                        return BoltResponse(status=200)
                    fields = {"reference": sorry.new_reference(), "event": callback.event_type}
                    log.error("event.broke", exc_info=error, extra=fields)
                    return BoltResponse(status=500)  # after this Slack sends the event again
            except Malformed as malformed:
                error = malformed
        cause = error.__cause__ if isinstance(error, Malformed) else error
        self._rejections.add(door.Fault.MALFORMED, error=cause)
        return BoltResponse(status=400)

    def _told(self, error: Exception, kind: str, body: Body) -> str:
        """Return what a person reads after an error, as the direct answer. It is empty where they read it elsewhere."""
        if kind == "command":
            typed = self._nouns.read(unescape(payloads.read(Command, body).text))
            return sorry.apology(error, NextStep("", *typed)).body(response_type="ephemeral")
        if kind == "view_submission":  # above the form, which stays as it was filled in
            payloads.read(Submission, body)
            if isinstance(error, noun.Outdated):
                return to_json({"response_action": "update", "view": sorry.modal(sorry.OUTDATED_FORM)})
            steps = tuple(step for step in getattr(error, "steps", ()) if step.verb in self._nouns.verbs)
            view = sorry.LATE_MODAL if isinstance(error, sorry.Late) else sorry.modal(sorry.apology(error), steps)
            return to_json({"response_action": "push", "view": view})
        click = payloads.read(Click, body) if kind == "block_actions" else None
        asked = click or payloads.read(Shortcut, body)
        if isinstance(error, sorry.Late) and (click is None or click.view is not None):
            with suppress(NotInstalled):  # in a modal, as Slack sends no `response_url`
                slack = self.services.gateway.for_workspace(asked.claimed_workspace or "")
                is_above = click is not None and click.view is not None and click.view.type != replies.HOME
                self.background(replies.show(slack, asked.trigger_id, sorry.LATE_MODAL, above=is_above))
        elif isinstance(error, door.TooFast) and error.quiet:
            pass  # they read a moment ago why they are refused
        elif click is not None:
            who = MemberKey(click.claimed_workspace or "", click.user_id)
            said = sorry.apology(error, NextStep("", *click.pressed))
            self.background(replies.to_click(self.services, who, click.address, said))
        elif isinstance(asked, Shortcut):
            self.background(replies.apologise(self.services.gateway, asked, error))
        return ""


def _kind_of(body: Body) -> str:
    kind = "command" if "command" in body else body.get("type")
    return kind if isinstance(kind, str) else ""


def _organisation(request: AsyncBoltRequest) -> str | None:
    """Return the organisation through whose installation a request came; None where the workspace has its own."""
    return slack_id(request.context.enterprise_id) if request.context.is_enterprise_install else None
