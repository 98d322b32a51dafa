"""Publish Home tabs: after their member opened them or clicked in them, and after a change made anywhere.

Nothing is published that a Home shows already: what it shows is kept as a hash, and travels in the view's metadata too.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.coach import home, homes
from bot.core.errors import NotCoached, NothingChanged, NotInstalled, NotMet, UserError
from bot.core.member import MemberKey
from bot.core.outcomes import NotYet, Refused, Touches, Unknown
from bot.run.metrics import SENDS
from bot.run.services import Services
from bot.slack.gateway import Published
from bot.slack.home import NOT_COACHED, home_blocks
from bot.slack.message import Block, blocks_json
from bot.slack.role import fitting
from bot.store import homes as rows
from bot.store.homes import ClaimedHome

log = logging.getLogger(__name__)

SHORT_PAUSE = timedelta(seconds=2)  # before a Home is published again that Slack neither showed nor refused for good
CONFLICT = "hash_conflict"


@dataclass(frozen=True, slots=True)
class Opened:
    """A person opened their Home. `shown` is the hash of what it shows by now, `view_hash` is Slack's name for that."""

    who: MemberKey
    shown: str | None
    view_hash: str | None
    at: datetime | None  # when they opened it


async def opened(services: Services, home_opened: Opened) -> None:
    """Publish the Home of a person who opened it, unless it shows the truth already. Never raise."""
    who = home_opened.who
    try:
        await services.people.meet(who, home_opened.at)
        known = home_opened.shown, home_opened.view_hash
        await services.store.write(homes.opened, who, *known, services.clock.now())
        await _publish_now(services, who)
        await services.store.write(rows.changed, who, services.clock.now())  # a write may have missed the new row
        await _see_admin(services, who)
    except NotCoached:
        await _show(services, who, NOT_COACHED, home_opened.shown)
    except Exception as error:  # noqa: BLE001 - nobody waits for this; the next opening tries again
        _failed(who, error)


async def clicked(services: Services, who: MemberKey) -> None:
    """Publish the Home of a person who clicked in it. Never raise."""
    try:
        await services.store.write(homes.used, who, services.clock.now())
        await _publish_now(services, who)
    except NotMet:  # nothing is stored about them: they were forgotten, or are not coached
        await first_visit(services, who)
    except Exception as error:  # noqa: BLE001 - as above
        _failed(who, error)


async def first_visit(services: Services, who: MemberKey) -> None:
    """Show the first visit to a person about whom nothing is stored. Never raise."""
    try:
        found = await services.store.read(home.home, services.catalog, who, services.clock.now())
        await _show(services, who, await _blocks(services, found), None)
    except Exception as error:  # noqa: BLE001 - as above
        _failed(who, error)


async def publish(services: Services, claimed: ClaimedHome) -> None:
    """Publish a Home that this process has a lease on, if it does not show the truth."""
    who, now = claimed.who, services.clock.now()
    read = partial(home.home, is_admin=claimed.is_admin)
    found = await services.store.read(read, services.catalog, who, now)
    view, shown = view_of(await _blocks(services, found))
    if shown == claimed.shown:
        await services.store.write(rows.release, claimed, shown, claimed.view_hash, found.changes_at)
        return
    outcome = await _call(services, who, view, claimed.view_hash)
    SENDS.labels(kind="home", outcome=type(outcome).__name__.lower()).inc()
    if not await services.store.read(rows.is_kept, who):
        await first_visit(services, who)  # they were forgotten meanwhile, so what was read before that must not stay
        return
    if isinstance(outcome, Published):
        await services.store.write(rows.release, claimed, shown, outcome.view_hash, found.changes_at)
        return
    where = {"workspace_id": who.workspace_id, "reason": outcome.reason}
    log.warning("home.not_published", extra=where)
    await _after_failure(services, claimed, outcome)


async def _after_failure(services: Services, claimed: ClaimedHome, outcome: Refused | NotYet | Unknown) -> None:
    write, now = services.store.write, services.clock.now()
    if isinstance(outcome, NotYet) and outcome.pause is not None:
        await write(homes.wait, claimed, outcome.pause, now)
    elif isinstance(outcome, Refused) and outcome.reason == CONFLICT:
        await write(homes.try_again, claimed, now)  # what it shows is newer than what is known of it
    elif isinstance(outcome, Refused) and outcome.touches is Touches.WORKSPACE:
        await write(homes.token_refused, claimed, outcome.reason, now)
    elif isinstance(outcome, Refused):
        await write(homes.refused, claimed)
    else:
        await write(homes.try_again, claimed, now + SHORT_PAUSE)


async def _publish_now(services: Services, who: MemberKey) -> None:
    token = secrets.token_hex(12)
    claimed = await services.store.write(homes.claim_one, services.pace.lease, who, token, services.clock.now())
    if claimed is not None:  # else another process publishes it, or the job does once it may
        await publish(services, claimed)


async def _see_admin(services: Services, who: MemberKey) -> None:
    """Ask Slack whether the member is an admin now, whose Home also has the desk."""
    profile = await services.gateway.for_workspace(who.workspace_id).profile(who.member_id)
    if await services.store.write(homes.see_profile, who, profile, services.clock.now()):
        await _publish_now(services, who)


async def _show(services: Services, who: MemberKey, blocks: list[Block], shown: str | None) -> None:
    view, shows = view_of(blocks)
    if shows != shown:
        await _call(services, who, view, None)


async def _blocks(services: Services, found: home.Home) -> list[Block]:
    """Return what a Home shows; a member without a role is offered the one that fits their title."""
    offer = await fitting(services, found.member.key) if found.path is None else None
    return home_blocks(found, offer)


async def _call(
    services: Services, who: MemberKey, view: str, known: str | None
) -> Published | Refused | NotYet | Unknown:
    try:
        slack = services.gateway.for_workspace(who.workspace_id)
    except NotInstalled:
        return NotYet("not_installed")  # by this process
    return await slack.publish_home(who.member_id, view, known)


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
