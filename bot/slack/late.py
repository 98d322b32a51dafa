"""Answer before Slack gives up, also while the database hangs: with an interim answer, which the real one follows.

The request itself goes on: what it stores stays stored, and what it says takes the place of the interim answer. Below a
command it comes as a new message, as Slack can't replace the answer to a command.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from slack_bolt.response import BoltResponse

from bot.core.errors import NextStep, NothingChanged, NotInstalled
from bot.slack import typed
from bot.slack.background import Background
from bot.slack.bolt import Answering
from bot.slack.exchange import Body, kind_of, pressed, respond
from bot.slack.gateway import Gateway
from bot.slack.in_views import HOME
from bot.slack.message import Block, Message, escape, to_json, unescape
from bot.slack.payloads import Click, Command, Malformed, Shortcut, Submission, read
from bot.slack.replies import Replies
from bot.slack.screens import sorry
from bot.slack.views import named

log = logging.getLogger(__name__)

IN_TIME = 2.2  # seconds after a request came: Slack waits three, on both ways. The stores give up a wait after two.

Answered = asyncio.Task[BoltResponse]


class _Kind(NamedTuple):
    """What a kind of request is answered with in the interim, and what becomes of its real answer."""

    interim: Callable[[Body], str]
    follow: Callable[[Body, BoltResponse], Awaitable[None]] | None = None  # None: the handler itself says it


class Late:
    """Gives interim answers. Events need none: nobody waits for them, and Slack sends them again."""

    def __init__(self, gateway: Gateway, replies: Replies, background: Background) -> None:
        self._gateway, self._replies, self._background = gateway, replies, background
        self._kinds: Mapping[str, _Kind] = {
            "command": _Kind(_command, self._follow_command),
            "block_actions": _Kind(self._click),
            "view_submission": _Kind(_submission, self._follow_submission),
            "shortcut": _Kind(self._shortcut),
            "message_action": _Kind(self._shortcut),
        }

    async def in_time(self, body: Body, answering: Answering) -> BoltResponse:
        """Return the answer, or an interim one if that takes too long."""
        answered = asyncio.create_task(answering)
        try:
            await asyncio.sleep(0)  # many answers are there by now, without a timer, which would take longer than this
            if not answered.done():
                await _in_time(answered)
            if not answered.done() and (kind := self._kinds.get(kind_of(body))) is not None:
                return self._interim(kind, body, answered)
            return await answered
        except asyncio.CancelledError:
            answered.cancel()
            raise
        except Malformed:
            return await answered  # the edge rejects a malformed request by itself

    def _interim(self, kind: _Kind, body: Body, answered: Answered) -> BoltResponse:
        """Return the interim answer. Raise Malformed."""
        said = kind.interim(body)
        log.warning("answer.late", extra={"kind": kind_of(body)})
        self._background(self._follow(kind, body, answered))
        return respond(said)

    async def _follow(self, kind: _Kind, body: Body, answered: Answered) -> None:
        response = await answered
        if kind.follow is not None:
            await kind.follow(body, response)

    async def _follow_command(self, body: Body, response: BoltResponse) -> None:
        await self._replies.follow(read(Command, body).response_url, response.body)

    def _click(self, body: Body) -> str:
        click = read(Click, body)
        if click.view is not None:
            self._open(click, sorry.LATE_CLICK, above=click.view.type != HOME)
        elif click.response_url:
            said = sorry.late(NextStep("", *pressed(click)))
            self._background(self._replies.show_interim(click.response_url, said, replace=click.container.is_ephemeral))
        return ""

    def _shortcut(self, body: Body) -> str:
        self._open(read(Shortcut, body), sorry.LATE_CLICK, above=False)
        return ""

    def _open(self, asked: Click | Shortcut, view: Block, *, above: bool) -> None:
        try:
            slack = self._gateway.for_workspace(asked.claimed_workspace or "")
        except NotInstalled:
            return
        self._background(slack.show_interim(asked.trigger_id, view, above=above))

    async def _follow_submission(self, body: Body, response: BoltResponse) -> None:
        """Show the answer to a form in the place of the interim modal. What is saved closes with its form."""
        submission, answer = read(Submission, body), json.loads(response.body)
        view = answer.get("view") or sorry.modal(Message(escape("\n".join(answer["errors"].values()))))
        if answer["response_action"] == "update":
            view = {**view, "clear_on_close": True}
        try:
            slack = self._gateway.for_workspace(submission.claimed_workspace or "")
            await slack.replace_interim(submission.trigger_id, view)
        except (NothingChanged, NotInstalled):
            log.warning("late.unanswered")


async def _in_time(answered: Answered) -> None:
    """Wait for an answer, but no longer than IN_TIME. `asyncio.wait` takes nearly twice the processor time, 9 µs."""
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[None] = loop.create_future()

    def wake(_: object = None) -> None:
        if not woken.done():
            woken.set_result(None)

    timer = loop.call_later(IN_TIME, wake)
    answered.add_done_callback(wake)
    try:
        await woken
    finally:
        timer.cancel()


def _command(body: Body) -> str:
    again = NextStep("", *typed.read(unescape(read(Command, body).text)))
    return sorry.late(again).body(response_type="ephemeral")


def _submission(body: Body) -> str:
    view = named(sorry.LATE_FORM, read(Submission, body).trigger_id)
    return to_json({"response_action": "push", "view": view})
