"""Answer clicks in a Home or in a modal, for which Slack sends no `response_url`.

A click in Home is answered by the Home itself if its outcome is on it, else by a modal. A modal that shows a message is
drawn anew, as an ephemeral message would be.
"""

import logging

from bot.core.errors import NothingChanged
from bot.slack.form import Form
from bot.slack.gateway import WorkspaceGateway
from bot.slack.message import Block, Message
from bot.slack.payloads import Click, View
from bot.slack.request import Request
from bot.slack.screens.blocks import modal, section
from bot.slack.screens.challenge import entry
from bot.slack.screens.situation import HAVE

log = logging.getLogger(__name__)

HOME = "home"
# The outcome of these is on the Home: what a member has and learned, their role, weekly tips, their part in challenges.
SEEN_ON_HOME = {
    HAVE, "learn", "unlearn", "myrole", "tips", "pause", "resume", entry.JOIN, entry.DID, entry.UNDO, entry.LEAVE,
}  # fmt: skip


async def answer(request: Request, click: Click, view: View, verb: str, said: Message | Form) -> None:
    """Show what the bot says to a click in a view. Raise NothingChanged if Slack does not show it."""
    slack, is_home = request.slack, view.type == HOME
    if isinstance(said, Form):
        await (slack.open_view if is_home else slack.push_view)(click.trigger_id, said.view)
    elif not is_home:
        await slack.update_view(view.id, view.hash, as_modal(said))
    elif not is_seen_on_home(verb, said):
        await slack.open_view(click.trigger_id, as_modal(said))


async def show_above(slack: WorkspaceGateway, click: Click, view: View, shown: Block) -> None:
    """Show a modal above the view where a click was made, which stays as it is. Never raise."""
    try:
        await (slack.open_view if view.type == HOME else slack.push_view)(click.trigger_id, shown)
    except NothingChanged:
        log.warning("click.unanswered")


def is_seen_on_home(verb: str, said: Message) -> bool:
    """Return whether the Home, drawn anew, is the answer to a click in it."""
    return verb in SEEN_ON_HOME or said.replaces is True


def as_modal(said: Message) -> Block:
    """Return a message as a modal, in which Slack shows no charts."""
    said = said.without_charts or said
    return modal("roleshift", said.blocks or [section(said.text)], close="Close")
