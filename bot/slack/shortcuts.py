"""Answer the app's shortcuts. Each opens a modal, for which Slack gives three seconds."""

import logging

import aiohttp

from bot.core.errors import NextStep, NothingChanged, NotInstalled, UserError
from bot.slack import apologies, in_views, routes
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.slack.message import Message
from bot.slack.payloads import Shortcut
from bot.slack.request import Outdated, Request
from bot.slack.screens import sorry

log = logging.getLogger(__name__)


class NotOpened(UserError):
    """Slack did not open the modal: it came too late, or Slack did not answer."""

    def __init__(self) -> None:
        super().__init__(
            "I could not open that window in time. Nothing was changed. Press the shortcut again, or start here.",
            NextStep("My role", "myrole"),
            NextStep("A tip now", "tip"),
        )


async def answer(request: Request, shortcut: Shortcut) -> None:
    """Open what a shortcut shows. Raise Outdated for one that the app no longer has, and NotOpened."""
    route = routes.shortcut(shortcut.type, shortcut.callback_id)
    form = await route.handler(request, shortcut)
    try:
        await request.slack.open_view(shortcut.trigger_id, form.view)
    except NothingChanged as error:
        raise NotOpened from error.__cause__


async def apologise(gateway: Gateway, shortcut: Shortcut, error: Exception) -> None:
    """Say what went wrong where this person alone reads it. Never raise.

    That is beside the message of the shortcut. A global one has no such place: a modal says it or, where Slack opens
    none, a direct message.
    """
    said = sorry.GONE_SHORTCUT if isinstance(error, Outdated) else apologies.said(error)
    try:
        workspace_id = shortcut.claimed_workspace or ""
        if shortcut.response_url and not gateway.has_interim(workspace_id, shortcut.trigger_id):
            await gateway.respond(shortcut.response_url, said, replace=False)
        else:
            await _show_or_say(gateway.for_workspace(workspace_id), shortcut, said)
    except (aiohttp.ClientError, TimeoutError, NotInstalled):
        log.warning("shortcut.unanswered")


async def _show_or_say(slack: WorkspaceGateway, shortcut: Shortcut, said: Message) -> None:
    try:
        await slack.open_view(shortcut.trigger_id, in_views.as_modal(said))
    except NothingChanged:
        await slack.say(shortcut.user.id, said)
