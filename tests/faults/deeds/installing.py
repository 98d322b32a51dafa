"""Deeds of installations: grant, find, refresh and change keys. Each workspace's tokens are a canary."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from bot.coach import installing
from bot.core.installation import Installation, Sealed
from bot.store import installations
from tests.faults.deeds.deed import Deed, Some
from tests.faults.neighbours import AGES, Turn

LASTS = timedelta(hours=12)
MOST = 10_000


def _sealed(on: Turn) -> Sealed:
    """Return tokens that differ from all others, as the database sees them."""
    return Sealed(on.one_of(("k1", "k2")), on.words("token"), on.words("refresh"))


def _install(_tx: Connection, on: Turn) -> Some:
    scopes = frozenset({"commands", f"scope:{on.here.word}"})
    who = on.who().member_id
    granted = Installation(on.workspace_id, on.now, f"B0{on.here.word}", scopes, _sealed(on), on.now + LASTS, who)
    return granted, on.now


def _claim(_tx: Connection, on: Turn) -> Some:
    claim = on.hand.refreshing[on.workspace_id] = f"refresh-{on.number}"
    return on.workspace_id, on.now + LASTS, claim, AGES


def _refreshed(_tx: Connection, on: Turn) -> Some:
    return on.workspace_id, on.hand.refreshing.get(on.workspace_id, ""), _sealed(on), on.now + LASTS, on.now


def _refused(_tx: Connection, on: Turn) -> Some:
    return (
        on.workspace_id,
        on.hand.refreshing.get(on.workspace_id, ""),
        f"https://{on.here.word}.example/slack/install",
        on.now,
    )


def _change_keys(_tx: Connection, on: Turn) -> Some:
    first = f"k{on.draw.randrange(9)}"

    def reseal(found: Installation) -> Sealed:
        return Sealed(first, found.sealed.token, found.sealed.refresh)

    return first, "", MOST, reseal


def _keys(_tx: Connection, _on: Turn, found: dict[str, int]) -> Sequence[str]:
    return [key_id for key_id, count in found.items() for _ in range(count)]


DEEDS = (
    Deed(installing.install, _install, often=0.5),
    Deed(installations.find, lambda _, on: (on.workspace_id,)),
    Deed(installations.expiring, lambda _, on: (on.now + LASTS, MOST), across=True),
    Deed(installations.claim_refresh, _claim, leads_to=installing.refreshed),
    Deed(installing.refreshed, _refreshed, often=0.5),
    Deed(
        installations.hold_refresh,
        lambda _, on: (on.workspace_id, on.hand.refreshing.get(on.workspace_id, ""), AGES),
        often=0.2,
    ),
    Deed(installing.refresh_refused, _refused, often=0.2),
    Deed(installations.lost, lambda *_: (), often=0.5, across=True),
    Deed(installing.connect_installed, lambda _, on: (on.now,), often=0.5, across=True),
    Deed(installations.to_try, lambda *_: (MOST,), often=0.5, across=True),
    Deed(installations.key_ids, lambda *_: (), then=_keys, often=0.5, across=True),
    Deed(installing.change_keys, _change_keys, often=0.3, across=True),
)
