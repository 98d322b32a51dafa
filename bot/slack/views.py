"""Homes and modals: a Home is published, and clicks in both, for which Slack sends no `response_url`, are answered.

A Home is published when its member opens it, and after what they did in this process. What others or another process
changed is shown at the next opening, of which Slack tells. Nothing is published that a Home shows already: what that is
is known as a hash, which travels in the view's metadata too.

A click in Home, or in *Coach me*, is answered by the view itself if its outcome is on it, else by a modal above it. A
modal that shows a message is drawn anew, as an ephemeral message would be; one with a question to type keeps it.
"""

import hashlib
import logging

import aiohttp

from bot.coach import home as coach_home
from bot.coach.act import Act
from bot.core.errors import NextStep, NotCoached, NothingChanged, NotInstalled, UserError
from bot.core.member import MemberKey
from bot.metrics import SENDS
from bot.slack import home, sorry
from bot.slack.blocks import PREFIX, modal, section
from bot.slack.form import Form, carried, carrying
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.slack.message import Block, Message, to_json
from bot.slack.noun import Outdated
from bot.slack.payloads import Click, Shortcut, View
from bot.slack.people import OpenHome
from bot.slack.request import Request
from bot.slack.role import fitting
from bot.slack.services import Services
from bot.slack.tip import clicks
from bot.slack.web_client import NO_TOKEN
from bot.store import members

log = logging.getLogger(__name__)


async def opened(services: Services, who: MemberKey, shown: str | None) -> None:
    """Publish the Home of a person who opened it, unless it shows the truth already. Store nothing. Never raise.

    `shown` is the hash of what it shows by now.
    """
    services.open_homes.add(who, shown)
    try:
        await services.people.check(who)
    except NotCoached:
        await _publish(services, who, home.NOT_COACHED)
    except Exception as error:  # noqa: BLE001 - nobody waits for this; the next opening tries again
        _failed(who, error)
    else:
        await _publish(services, who)


async def changed(services: Services, who: MemberKey) -> None:
    """Publish the Home of a person who did something, if it was opened in this process. Never raise."""
    if services.open_homes.get(who) is not None:
        await _publish(services, who)


async def first_visit(services: Services, who: MemberKey) -> None:
    """Show the first visit to a person about whom nothing is stored any more, wherever they opened it. Never raise."""
    services.open_homes.add(who, None)
    await _publish(services, who)


async def _publish(services: Services, who: MemberKey, blocks: list[Block] | None = None) -> None:
    open_home = services.open_homes.get(who) or OpenHome()
    try:
        async with open_home.turn:
            was_met = await services.store.read(members.is_met, who)
            await _show(services, who, open_home, blocks or await _blocks(services, who))
            if was_met and blocks is None and not await services.store.read(members.is_met, who):
                await _show(services, who, open_home, await _blocks(services, who))  # they were forgotten meanwhile
    except Exception as error:  # noqa: BLE001 - as above
        _failed(who, error)


async def _blocks(services: Services, who: MemberKey) -> list[Block]:
    """Return what a Home shows; a member without a role is offered the one that fits their title."""
    catalog, now, is_admin = services.catalog, services.clock.now(), await services.people.seems_admin(who)
    found = await services.store.read(lambda tx: coach_home.home(Act(tx, catalog, who, now), is_admin=is_admin))
    return home.home_blocks(found, await fitting(services, who) if found.path is None else None)


async def _show(services: Services, who: MemberKey, open_home: OpenHome, blocks: list[Block]) -> None:
    """Publish the Home, unless it shows that already: a hash of what it shows travels in its metadata."""
    shown = hashlib.sha256(to_json(blocks).encode()).hexdigest()[:16]
    if shown == open_home.shown:
        return
    view: Block = {"type": "home", "private_metadata": shown, "blocks": blocks}
    outcome = await services.gateway.for_workspace(who.workspace_id).publish_home(who.member_id, view)
    SENDS.labels(kind="home", outcome="sent" if outcome is None else "refused").inc()
    open_home.shown = shown if outcome is None else None
    if outcome is not None:
        log.warning("home.not_published", extra={"workspace_id": who.workspace_id, "reason": outcome})


def _failed(who: MemberKey, error: Exception) -> None:
    if isinstance(error, UserError | NothingChanged | NotInstalled):
        log.warning("home.not_published", extra={"workspace_id": who.workspace_id, "reason": type(error).__name__})
    else:
        log.error("home.broke", exc_info=error, extra={"workspace_id": who.workspace_id})


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
        await slack.open_view(click.trigger_id, form, above=not is_home)
        return
    seen = _is_seen_on_home(click, said, on_home=on_home)
    try:
        if is_home and not seen:
            await slack.open_view(click.trigger_id, as_modal(said))
        elif view.callback_id == COACH_ME and seen:
            await slack.update_view(view.id, None, await home.coach_me_now(request))  # the truth, whatever it showed
        elif view.callback_id:  # it has a field, and what was typed there stays
            await slack.open_view(click.trigger_id, _above(view, as_modal(said)), above=True)
        elif not is_home:
            await slack.update_view(view.id, view.hash, _above(view, as_modal(said)))
    except NothingChanged:
        log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress


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


def _above(view: View, block: Block) -> Block:
    """Return a modal that comes above a view, or in its place. Above *Coach me*, it carries that along."""
    return carrying(block, COACH_ME) if view.callback_id == COACH_ME or _is_above_coach_me(view) else block


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
            await slack.say(shortcut.user_id, said)
    except (aiohttp.ClientError, TimeoutError, NotInstalled):
        log.warning("shortcut.unanswered")


async def show(slack: WorkspaceGateway, trigger_id: str, block: Block, *, above: bool) -> None:
    """Show a modal, `above` another or alone. Never raise."""
    try:
        await slack.open_view(trigger_id, block, above=above)
    except NO_TOKEN:
        log.warning("click.unanswered")


def _is_seen_on_home(click: Click, said: Message, *, on_home: bool) -> bool:
    """Return whether the Home, drawn anew, is the answer to a click in it. A bare *My role* changes nothing there."""
    name, value = click.pressed
    return (on_home and (name, value) != MY_ROLE) or (said.replaces is True and name != clicks.BLOCKED)


def as_modal(said: Message) -> Block:
    """Return a message as a modal, in which Slack shows no charts."""
    said = said.without_charts or said
    return modal("roleshift", said.blocks or [section(said.text)], close="Close")
