"""Deeds about Home tabs: who opened theirs, what it shows, and who publishes it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach import home, homes, team
from bot.core.member import MemberKey, Profile
from bot.slack.screens import home as screen
from bot.store.homes import ClaimedHome
from bot.store.member_schema import delivery
from tests.faults.deeds.deed import Deed, Some
from tests.faults.neighbours import AGES, Turn, a_delivery

MOST = 10_000
DAY = timedelta(days=1)


def _member(_tx: Connection, on: Turn) -> Some:
    return on.who(), on.now


def _claim_one(_tx: Connection, on: Turn) -> Some:
    return AGES, on.who(), f"home-{on.number}", on.now


def _claimed(_tx: Connection, on: Turn, found: ClaimedHome | list[ClaimedHome] | None) -> list[ClaimedHome]:
    """Keep what was claimed, for the deeds that end a claim."""
    claimed = found if isinstance(found, list) else [found] if found else []
    on.hand.homes += claimed
    return claimed


def _held(on: Turn) -> ClaimedHome:
    """Return a Home of this workspace on which this worker has, or had, a lease."""
    here = [each for each in on.hand.homes if each.who.workspace_id == on.workspace_id]
    claimed = on.one_of(sorted(here, key=lambda each: (each.who, each.token)))
    on.hand.homes.remove(claimed)
    return claimed


def _published(_tx: Connection, on: Turn) -> Some:
    return _held(on), on.here.word, f"{on.number}.{on.here.word}", on.now + DAY / 4


def _at(_tx: Connection, on: Turn) -> Some:
    return _held(on), on.now


def _now(_tx: Connection, on: Turn) -> tuple[datetime]:
    return (on.now,)


def _place_to_go_on(_tx: Connection, _on: Turn, _last: MemberKey | None) -> None:
    """Compare no answer: whose Home was the last depends on who else is there."""


DEEDS = (
    Deed(home.home, lambda _, on: (on.catalog, on.who(), on.now), (screen.drawn,), often=3),
    Deed(team.in_short, lambda _, on: (on.catalog, on.workspace_id, on.now)),
    Deed(homes.opened, lambda _, on: (on.who(), on.here.word, None, on.now), often=4, leads_to=homes.claim_one),
    Deed(homes.used, _member, often=2, leads_to=homes.claim_one),
    Deed(homes.changed, _member, leads_to=homes.claim),
    Deed(homes.all_changed, lambda _, on: (on.workspace_id, on.now), leads_to=homes.claim),
    Deed(homes.everywhere_changed, _now, then=_place_to_go_on, often=0.5, across=True, leads_to=homes.claim),
    Deed(homes.delivered, lambda tx, on: ([a_delivery(tx, on, delivery.c.member_id.is_not(None))], on.now)),
    Deed(homes.is_kept, lambda _, on: (on.who(),)),
    Deed(homes.see_profile, lambda _, on: (on.who(), Profile(None, coachable=True, is_admin=on.likely()), on.now)),
    Deed(homes.claim_one, _claim_one, then=_claimed, often=3, leads_to=homes.published),
    Deed(
        homes.claim,
        lambda _, on: (AGES, f"homes-{on.number}", on.now, MOST),
        then=_claimed,
        often=3,
        across=True,
        leads_to=homes.published,
    ),
    Deed(homes.published, _published, often=2, leads_to=homes.published),
    Deed(homes.try_again, _at),
    Deed(homes.wait, lambda _, on: (_held(on), timedelta(seconds=AGES), on.now), often=0.3),
    Deed(homes.refused, lambda _, on: (_held(on),)),
    Deed(homes.token_refused, lambda _, on: (_held(on), "account_inactive", on.now), often=0.1),
    Deed(homes.sweep, lambda _, on: (on.now, MOST), often=0.5, across=True),
)
