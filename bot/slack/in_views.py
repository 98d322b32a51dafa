"""Answer clicks in a Home or in a modal, for which Slack sends no `response_url`.

A click in Home, or in *Coach me*, is answered by the view itself if its outcome is on it, else by a modal above it. A
modal that shows a message is drawn anew, as an ephemeral message would be; one with a question to type keeps it.
"""

import logging

from bot.core.errors import NothingChanged
from bot.slack.exchange import pressed
from bot.slack.form import Form, carried, carrying
from bot.slack.gateway import WorkspaceGateway
from bot.slack.message import Block, Message
from bot.slack.payloads import Click, View
from bot.slack.refusals import NO_TOKEN
from bot.slack.request import Request
from bot.slack.screens import coach_me
from bot.slack.screens.blocks import PREFIX, modal, section
from bot.slack.screens.challenge import entry
from bot.slack.screens.situation import HAVE
from bot.slack.screens.tip.card import BLOCKED

log = logging.getLogger(__name__)

HOME = "home"
COACH_ME = f"{PREFIX}{coach_me.FORM}"
# The outcome of these is on the Home: what a member has and learned, their role, weekly tips, their part in challenges.
SEEN_ON_HOME = {
    HAVE, "learn", "unlearn", "myrole", "tips", "pause", "resume", entry.JOIN, entry.DID, entry.UNDO, entry.LEAVE,
}  # fmt: skip
MY_ROLE = ("myrole", "")  # shows the role; with the name of one, it sets it


async def answer(request: Request, click: Click, view: View, said: Message | Form) -> None:
    """Show what the bot says to a click in a view. Raise NothingChanged if Slack does not open a form."""
    slack, is_home = request.slack, view.type == HOME
    if isinstance(said, Form):
        await (slack.open_view if is_home else slack.push_view)(click.trigger_id, _above(view, said.view))
        return
    try:
        await _show(request, click, view, said)
    except NothingChanged:
        log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress


async def _show(request: Request, click: Click, view: View, said: Message) -> None:
    slack, is_home = request.slack, view.type == HOME
    if slack.has_interim(click.trigger_id):  # it lies above, and says that the answer is late
        await slack.replace_interim(click.trigger_id, _above(view, as_modal(said)))
    elif is_home:
        if not _is_seen_on_home(click, said):
            await slack.open_view(click.trigger_id, as_modal(said))
    elif view.callback_id == COACH_ME and _is_seen_on_home(click, said):
        await slack.update_view(view.id, None, await coach_me.current(request))  # whatever it showed, this is the truth
    elif view.callback_id:  # it has a field, and what was typed there stays
        await slack.push_view(click.trigger_id, _above(view, as_modal(said)))
    else:
        await slack.update_view(view.id, view.hash, _above(view, as_modal(said)))


async def draw_below(request: Request, view: View) -> None:
    """Draw *Coach me* anew where it lies below a modal in which something may have changed. Never raise."""
    if not _is_above_coach_me(view):
        return
    try:
        await request.slack.update_view(view.root_view_id, None, await coach_me.current(request))
    except Exception as error:
        log.warning("view.not_drawn_below", exc_info=error)


def _above(view: View, shown: Block) -> Block:
    """Return a modal that comes above a view, or in its place. Above *Coach me*, it carries that along."""
    return carrying(shown, COACH_ME) if view.callback_id == COACH_ME or _is_above_coach_me(view) else shown


def _is_above_coach_me(view: View) -> bool:
    return carried(view.private_metadata)[1] == COACH_ME


async def show_above(slack: WorkspaceGateway, click: Click, view: View, shown: Block) -> None:
    """Show a modal above the view where a click was made, which stays as it is. Never raise."""
    try:
        await (slack.open_view if view.type == HOME else slack.push_view)(click.trigger_id, shown)
    except NO_TOKEN:
        log.warning("click.unanswered")


def _is_seen_on_home(click: Click, said: Message) -> bool:
    """Return whether the Home, drawn anew, is the answer to a click in it. A bare *My role* changes nothing there."""
    verb, value = pressed(click)
    return (verb in SEEN_ON_HOME and (verb, value) != MY_ROLE) or (said.replaces is True and verb != BLOCKED)


def as_modal(said: Message) -> Block:
    """Return a message as a modal, in which Slack shows no charts."""
    said = said.without_charts or said
    return modal("roleshift", said.blocks or [section(said.text)], close="Close")
