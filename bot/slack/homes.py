"""Publish Home tabs: when their member opens them, and after what their member did in this process.

What others or another process changed is shown at the next opening, of which Slack tells. Nothing is published that a
Home shows already: what it shows is known as a hash, which travels in the view's metadata too.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.coach import home
from bot.core.errors import NotCoached, NothingChanged, NotInstalled, UserError
from bot.core.member import MemberKey
from bot.run.metrics import SENDS
from bot.run.services import Services
from bot.slack.home import NOT_COACHED, home_blocks
from bot.slack.message import Block, blocks_json
from bot.slack.people import OpenHome
from bot.slack.role import fitting
from bot.store import members

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A person opened their Home. `shown` is the hash of what it shows by now."""

    who: MemberKey
    shown: str | None
    at: datetime | None  # when they opened it


async def opened(services: Services, home_opened: Opened) -> None:
    """Publish the Home of a person who opened it, unless it shows the truth already. Never raise."""
    who = home_opened.who
    services.open_homes.add(who, home_opened.shown)
    try:
        await services.people.meet(who, home_opened.at)
    except NotCoached:
        await _publish(services, who, NOT_COACHED)
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
            await _show(services, who, open_home, blocks or await _blocks(services, who))
            if blocks is None and not await services.store.read(members.is_met, who):
                await _show(services, who, open_home, await _blocks(services, who))  # they were forgotten meanwhile
    except Exception as error:  # noqa: BLE001 - as above
        _failed(who, error)


async def _blocks(services: Services, who: MemberKey) -> list[Block]:
    """Return what a Home shows; a member without a role is offered the one that fits their title."""
    read = partial(home.home, is_admin=await _is_admin(services, who))
    found = await services.store.read(read, services.catalog, who, services.clock.now())
    return home_blocks(found, await fitting(services, who) if found.path is None else None)


async def _is_admin(services: Services, who: MemberKey) -> bool:
    try:
        return await services.people.seems_admin(who)
    except NothingChanged:  # Slack does not answer: a Home without the desk is better than none
        return False


async def _show(services: Services, who: MemberKey, open_home: OpenHome, blocks: list[Block]) -> None:
    view, shown = view_of(blocks)
    if shown == open_home.shown:
        return
    outcome = await services.gateway.for_workspace(who.workspace_id).publish_home(who.member_id, view)
    SENDS.labels(kind="home", outcome="sent" if outcome is None else "refused").inc()
    open_home.shown = shown if outcome is None else None
    if outcome is not None:
        log.warning("home.not_published", extra={"workspace_id": who.workspace_id, "reason": outcome})


def view_of(blocks: list[Block]) -> tuple[str, str]:
    """Return the view as JSON and a hash of what it shows, which its metadata holds."""
    drawn = blocks_json(blocks)
    shown = hashlib.sha256(drawn.encode()).hexdigest()[:16]
    return f'{{"type":"home","private_metadata":"{shown}","blocks":{drawn}}}', shown


def _failed(who: MemberKey, error: Exception) -> None:
    if isinstance(error, UserError | NothingChanged | NotInstalled):
        log.warning("home.not_published", extra={"workspace_id": who.workspace_id, "reason": type(error).__name__})
    else:
        log.error("home.broke", exc_info=error, extra={"workspace_id": who.workspace_id})
