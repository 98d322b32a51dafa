"""How a request is answered later than with its direct answer: at a `response_url`, in a Home, or in a modal.

A Home is published when its member opens it, and after what they did in this process. What others or another process
changed is shown at the next opening, of which Slack tells. Nothing is published that a Home shows already: what that is
is known as a hash, which travels in the view's metadata too.

A click in Home, or in *Coach me*, is answered by the view itself if its outcome is on it, else by a modal above it. A
modal that shows a message is drawn anew, as an ephemeral message would be; one with a question to type keeps it.
"""

import hashlib
import logging
from contextlib import suppress

import aiohttp

from bot.coach import act, home as coach_home, messages
from bot.core.errors import NothingChanged, NotInstalled, OutcomeUnknown, UserError
from bot.core.member import MemberKey
from bot.core.outcomes import Sent
from bot.metrics import SENDS
from bot.outbox import deliveries
from bot.slack import home, noun, people, role, sorry, web_client
from bot.slack.blocks import PREFIX, modal, section
from bot.slack.form import Form, Saved, carried, carrying
from bot.slack.gateway import Gateway, WorkspaceGateway
from bot.slack.message import Block, Message, to_json
from bot.slack.payloads import Address, Click, Shortcut, View
from bot.slack.request import Request
from bot.slack.services import Services
from bot.slack.tip import clicks
from bot.store import members

log = logging.getLogger(__name__)

HOME = "home"
COACH_ME = f"{PREFIX}{home.COACH_ME}"
BELOW = "below:"  # a form carries it with the id of the modal below, which shows a message
MY_ROLE = ("myrole", "")  # shows the role; with the name of one, it sets it


async def to_click(services: Services, who: MemberKey, address: Address, message: Message) -> None:
    """Answer a click at its address, if it has one, and note that the message arrived.

    That comes first where the answer takes the message's place: only for `chat.update` does Slack document that
    metadata stay.
    """
    if not address.url:
        return
    if not message.replaces:
        await _answer(services.gateway, who, address, message)
    if address.delivery:
        with suppress(NothingChanged, OutcomeUnknown):
            delivery = await services.store.read(deliveries.doubtful, who.workspace_id, address.delivery)
            if delivery is not None:
                at, now = Sent(address.channel, address.ts), services.clock.now()
                await services.store.write(messages.arrived, services.messages, who, delivery, at, now)
    if message.replaces:
        await _answer(services.gateway, who, address, message)


async def _answer(gateway: Gateway, who: MemberKey, address: Address, message: Message) -> None:
    """Where this fails with charts, try once more without them."""
    reader_alone = address.is_ephemeral and not message.for_all
    replace = reader_alone if message.replaces is None else message.replaces
    try:
        in_thread = address.thread and not replace and not message.for_all
        if in_thread and await _show_in_thread(gateway, who, address, message):
            return
        await gateway.respond(address.url, message, replace=replace, thread=address.thread)
    except (aiohttp.ClientError, TimeoutError) as error:
        if message.without_charts is None:
            log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress
            return
        log.info("charts.not_shown", extra={"workspace_id": who.workspace_id, "reason": type(error).__name__})
        await _answer(gateway, who, address, message.without_charts)
    except UserError as error:  # what it shows is gone since, or the database does not answer
        await _answer(gateway, who, address, sorry.apology(error))


async def _show_in_thread(gateway: Gateway, who: MemberKey, address: Address, message: Message) -> bool:
    """Show a message to one person in a thread, where a `response_url` can't. Return False if Slack does not."""
    try:
        slack = gateway.for_workspace(who.workspace_id)
        said = await message.again() if message.again else message
        await slack.show_in_thread(address.channel, address.thread, who.member_id, said)
    except web_client.FAILED as error:
        log.warning("thread.not_shown", extra={"workspace_id": who.workspace_id, "reason": type(error).__name__})
        return False
    return True


async def show_saved(request: Request, saved: Saved, behind: str) -> None:
    """Show what a saved form changed: in the delivered message, in the modal below, or where it was opened."""
    address, services = Address.parse(behind), request.services
    is_drawn = saved.key is not None and await _redraw(request, saved.said, saved.key)
    if behind.startswith(BELOW):
        try:
            await request.slack.update_view(behind.removeprefix(BELOW), None, as_modal(saved.said))
        except web_client.NO_TOKEN:
            log.warning("view.not_drawn_below")
    elif address and not is_drawn and web_client.is_slacks(services.gateway.api_url, address.url):
        await to_click(services, request.who, address, saved.said)


async def _redraw(request: Request, message: Message, key: str) -> bool:
    """Update a delivered message where the outbox says that it is. Return whether it is known there."""
    workspace_id = request.who.workspace_id
    try:
        posted = await request.store.read(deliveries.posted, workspace_id, key)
        if posted is None:
            return False
        outcome = await request.slack.change(posted.channel, posted.ts, message)
        reason = "" if isinstance(outcome, Sent) else outcome.reason
    except (NothingChanged, NotInstalled) as error:
        reason = type(error).__name__
    if reason:
        log.warning("message.not_redrawn", extra={"workspace_id": workspace_id, "reason": reason})
    return True


async def publish_opened(services: Services, who: MemberKey, shown: str | None) -> None:
    """Publish an opened Home, unless `shown`, its hash, is right already. Store nothing. Never raise."""
    open_home = services.open_homes[who] = services.open_homes.pop(who, people.OpenHome())
    open_home.shown = shown
    if len(services.open_homes) > people.MAX_OPEN:
        services.open_homes.popitem(last=False)
    await publish(services, who, open_home)


async def publish(services: Services, who: MemberKey, open_home: people.OpenHome) -> None:
    """Publish a Home that was opened here. Never raise."""
    try:
        is_coached = not await services.people.seems_guest(who)
        async with open_home.turn:
            was_met = is_coached and await services.store.read(members.is_met, who)
            await _show_home(services, who, open_home, is_coached=is_coached)
            if was_met and not await services.store.read(members.is_met, who):  # they were forgotten meanwhile
                await _show_home(services, who, open_home, is_coached=is_coached)
    except (UserError, NothingChanged, NotInstalled) as error:  # nobody waits for this; the next opening tries again
        log.warning("home.not_published", extra={"workspace_id": who.workspace_id, "reason": type(error).__name__})
    except Exception:
        log.exception("home.broke", extra={"workspace_id": who.workspace_id})


async def _show_home(services: Services, who: MemberKey, open_home: people.OpenHome, *, is_coached: bool) -> None:
    """Publish a Home, unless it shows that already. Who has no role is offered the one that fits their title."""
    blocks = home.NOT_COACHED
    if is_coached:
        catalog, now, is_admin = services.catalog, services.clock.now(), await services.people.seems_admin(who)
        member = await services.store.read(
            lambda tx: coach_home.home(act.Act(tx, catalog, who, now), is_admin=is_admin)
        )
        blocks = [*home.home_blocks(member, await role.fitting(services, who) if member.path is None else None)]
    shown = hashlib.sha256(to_json(blocks).encode()).hexdigest()[:16]
    if shown == open_home.shown:
        return
    view: Block = {"type": "home", "private_metadata": shown, "blocks": blocks}
    outcome = await services.gateway.for_workspace(who.workspace_id).publish_home(who.member_id, view)
    SENDS.labels(kind="home", outcome="sent" if outcome is None else "refused").inc()
    open_home.shown = shown if outcome is None else None
    if outcome is not None:
        log.warning("home.not_published", extra={"workspace_id": who.workspace_id, "reason": outcome})


async def to_click_in_view(request: Request, click: Click, view: View, said: Message | Form, *, on_home: bool) -> None:
    """Answer a click in a view. Raise NothingChanged if Slack opens no form. `on_home`: the outcome is on the Home."""
    slack, is_home = request.slack, view.type == HOME
    if isinstance(said, Form) and said.replaces:
        await slack.update_view(view.id, view.hash, _above(view, said.view))
        return
    if isinstance(said, Form):
        shows_message = not is_home and not view.callback_id and not _is_above_coach_me(view)
        form = carrying(said.view, BELOW + view.id) if shows_message else _above(view, said.view)
        await slack.open_view(click.trigger_id, form, above=not is_home)
        return
    replaces = said.replaces is True and click.pressed[0] != clicks.BLOCKED
    is_seen = replaces or (on_home and click.pressed != MY_ROLE)
    try:
        if is_home and not is_seen:
            await slack.open_view(click.trigger_id, as_modal(said))
        elif view.callback_id == COACH_ME and is_seen:
            await slack.update_view(view.id, None, await home.coach_me_now(request))  # the truth, whatever it showed
        elif view.callback_id:  # it has a field, and what was typed there stays
            await slack.open_view(click.trigger_id, _above(view, as_modal(said)), above=True)
        elif not is_home:
            await slack.update_view(view.id, view.hash, _above(view, as_modal(said)))
    except NothingChanged:
        log.warning("click.unanswered")  # what was clicked is stored; the member sees it in /roleshift progress


async def draw_below(request: Request, view: View) -> None:
    """Draw *Coach me* anew where it lies below a modal in which something may have changed. Never raise."""
    if not _is_above_coach_me(view):
        return
    try:
        await request.slack.update_view(view.root_view_id, None, await home.coach_me_now(request))
    except Exception as error:
        log.warning("view.not_drawn_below", exc_info=error)


def _above(view: View, block: Block) -> Block:
    """Return a modal that comes above a view, or in its place. It carries along where the answer is shown."""
    return carrying(block, COACH_ME if view.callback_id == COACH_ME else carried(view.private_metadata)[1])


def _is_above_coach_me(view: View) -> bool:
    return carried(view.private_metadata)[1] == COACH_ME


async def apologise(gateway: Gateway, shortcut: Shortcut, error: Exception) -> None:
    """Tell this person alone what went wrong: beside the message, in a modal or directly. Never raise."""
    said = sorry.GONE_SHORTCUT if isinstance(error, noun.Outdated) else sorry.apology(error)
    try:
        if shortcut.response_url:
            await gateway.respond(shortcut.response_url, said)
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
    except web_client.NO_TOKEN:
        log.warning("click.unanswered")


def as_modal(said: Message) -> Block:
    """Return a message as a modal, in which Slack shows no charts."""
    said = said.without_charts or said
    return modal("roleshift", said.blocks or [section(said.text)], close="Close")
