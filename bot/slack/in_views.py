"""Answer shortcuts, and clicks in a Home or in a modal, for which Slack sends no `response_url`.

A click in Home, or in *Coach me*, is answered by the view itself if its outcome is on it, else by a modal above it. A
modal that shows a message is drawn anew, as an ephemeral message would be; one with a question to type keeps it.
"""

import logging

import aiohttp

from bot.core.errors import NextStep, NothingChanged, NotInstalled, UserError
from bot.slack import home, sorry
from bot.slack.blocks import PREFIX, modal, section
from bot.slack.form import Form, carried, carrying
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.slack.message import Block, Message
from bot.slack.noun import Outdated
from bot.slack.payloads import Click, Shortcut, View
from bot.slack.request import Request
from bot.slack.tip.card import BLOCKED
from bot.slack.web_client import NO_TOKEN

log = logging.getLogger(__name__)

HOME = "home"
COACH_ME = f"{PREFIX}{home.COACH_ME}"
BELOW = "below:"  # a form carries it with the id of the modal below, which shows a message
MY_ROLE = ("myrole", "")  # shows the role; with the name of one, it sets it


async def reply(request: Request, click: Click, view: View, said: Message | Form, *, on_home: bool) -> None:
    """Show what the bot says to a click in a view. Raise NothingChanged if Slack does not open a form.

    `on_home`: the outcome is on the Home.
    """
    slack, is_home = request.slack, view.type == HOME
    if isinstance(said, Form):
        shows_message = not is_home and not view.callback_id and not _is_above_coach_me(view)
        form = carrying(said.view, BELOW + view.id) if shows_message else _above(view, said.view)
        await (slack.open_view if is_home else slack.push_view)(click.trigger_id, form)
        return
    try:
        await _show(request, click, view, said, on_home=on_home)
    except NothingChanged:
        log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress


async def _show(request: Request, click: Click, view: View, said: Message, *, on_home: bool) -> None:
    slack, seen = request.slack, _is_seen_on_home(click, said, on_home=on_home)
    if view.type == HOME:
        if not seen:
            await slack.open_view(click.trigger_id, as_modal(said))
    elif view.callback_id == COACH_ME and seen:
        await slack.update_view(view.id, None, await home.coach_me_now(request))  # the truth, whatever it showed
    elif view.callback_id:  # it has a field, and what was typed there stays
        await slack.push_view(click.trigger_id, _above(view, as_modal(said)))
    else:
        await slack.update_view(view.id, view.hash, _above(view, as_modal(said)))


async def draw(slack: WorkspaceGateway, view_id: str, said: Message) -> None:
    """Show a message in an open modal. Never raise."""
    try:
        await slack.update_view(view_id, None, as_modal(said))
    except NO_TOKEN:
        log.warning("view.not_drawn_below")


async def draw_below(request: Request, view: View) -> None:
    """Draw *Coach me* anew where it lies below a modal in which something may have changed. Never raise."""
    if not _is_above_coach_me(view):
        return
    try:
        await request.slack.update_view(view.root_view_id, None, await home.coach_me_now(request))
    except Exception as error:
        log.warning("view.not_drawn_below", exc_info=error)


def _above(view: View, shown: Block) -> Block:
    """Return a modal that comes above a view, or in its place. Above *Coach me*, it carries that along."""
    return carrying(shown, COACH_ME) if view.callback_id == COACH_ME or _is_above_coach_me(view) else shown


def _is_above_coach_me(view: View) -> bool:
    return carried(view.private_metadata)[1] == COACH_ME


async def open_for(request: Request, shortcut: Shortcut, form: Form) -> None:
    """Open what a shortcut shows. Raise UserError if that came too late, or if Slack did not answer."""
    try:
        await request.slack.open_view(shortcut.trigger_id, form.view)
    except NothingChanged as error:
        said = "I could not open that window in time. Nothing was changed. Press the shortcut again, or start here."
        raise UserError(said, NextStep("My role", "myrole"), NextStep("A tip now", "tip")) from error.__cause__


async def apologise(gateway: Gateway, shortcut: Shortcut, error: Exception) -> None:
    """Say what went wrong with a shortcut where this person alone reads it. Never raise.

    That is beside the message of the shortcut. A global one has no such place: a modal says it or, where Slack opens
    none, a direct message.
    """
    said = sorry.GONE_SHORTCUT if isinstance(error, Outdated) else sorry.apology(error)
    try:
        if shortcut.response_url:
            await gateway.respond(shortcut.response_url, said, replace=False)
            return
        slack = gateway.for_workspace(shortcut.claimed_workspace or "")
        try:
            await slack.open_view(shortcut.trigger_id, as_modal(said))
        except NothingChanged:
            await slack.say(shortcut.user.id, said)
    except (aiohttp.ClientError, TimeoutError, NotInstalled):
        log.warning("shortcut.unanswered")


async def show_above(slack: WorkspaceGateway, click: Click, view: View, shown: Block) -> None:
    """Show a modal above the view where a click was made, which stays as it is. Never raise."""
    await show(slack, click.trigger_id, shown, above=view.type != HOME)


async def show(slack: WorkspaceGateway, trigger_id: str, shown: Block, *, above: bool) -> None:
    """Show a modal, `above` another or alone. Never raise."""
    try:
        await (slack.push_view if above else slack.open_view)(trigger_id, shown)
    except NO_TOKEN:
        log.warning("click.unanswered")


def _is_seen_on_home(click: Click, said: Message, *, on_home: bool) -> bool:
    """Return whether the Home, drawn anew, is the answer to a click in it. A bare *My role* changes nothing there."""
    name, value = click.pressed
    return (on_home and (name, value) != MY_ROLE) or (said.replaces is True and name != BLOCKED)


def as_modal(said: Message) -> Block:
    """Return a message as a modal, in which Slack shows no charts."""
    said = said.without_charts or said
    return modal("roleshift", said.blocks or [section(said.text)], close="Close")
