"""Install the app in workspaces through OAuth, keep their tokens fresh, and change the keys that encrypt them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.core.installation import Granted, Installation, Sealed
from bot.store import installations, workspaces


def install(tx: Connection, granted: Granted, now: datetime) -> bool:
    """Store an installation; what the workspace had before is as it was.

    Return False if the app was removed there after Slack granted it.
    """
    if not installations.install(tx, granted):
        return False
    workspaces.connect(tx, granted.workspace_id, now)
    return True


def find(tx: Connection, workspace_id: str) -> Installation | None:
    """Return the installation of a workspace; None where the app is not installed."""
    return installations.find(tx, workspace_id)


def expiring(tx: Connection, before: datetime, limit: int) -> Sequence[str]:
    """Return workspaces whose token expires before this moment and that no process refreshes now."""
    return installations.expiring(tx, before, limit)


def claim_refresh(tx: Connection, workspace_id: str, before: datetime, claim: str, lease: float) -> Installation | None:
    """Take the lease to refresh a token that expires before this moment. Return None if another process has it."""
    return installations.claim_refresh(tx, workspace_id, before, claim, lease)


def refreshed(tx: Connection, workspace_id: str, claim: str, sealed: Sealed, expires_at: datetime) -> bool:
    """Store refreshed tokens. Return False for a process whose lease is over."""
    return installations.refreshed(tx, workspace_id, claim, sealed, expires_at)


def refresh_refused(tx: Connection, workspace_id: str, claim: str) -> None:
    """Give a refresh token up that Slack does not accept: the workspace must install the app again."""
    installations.refresh_refused(tx, workspace_id, claim)


def connect_installed(tx: Connection, now: datetime) -> None:
    """Connect the workspaces that have an installation, and disconnect all others.

    They differ after the operator has changed from SLACK_BOT_TOKEN to OAuth, or back and forth.
    """
    for workspace_id, is_connected in workspaces.mismatched(tx):
        workspaces.lock(tx, workspace_id)
        if installations.find(tx, workspace_id) is None and is_connected:
            workspaces.disconnect(tx, workspace_id, workspaces.NOT_INSTALLED, now)
        elif not is_connected:
            workspaces.connect(tx, workspace_id, now)


def keys_in_use(tx: Connection) -> dict[str, int]:
    """Return how many workspaces' tokens are encrypted under each key."""
    return installations.key_ids(tx)


def newest(tx: Connection, limit: int) -> Sequence[Installation]:
    """Return the installations that were made last."""
    return installations.newest(tx, limit)


def change_keys(
    tx: Connection, first: str, after: str, limit: int, reseal: Callable[[Installation], Sealed]
) -> Sequence[str]:
    """Encrypt the tokens of some workspaces under the first key, and return the ids of these workspaces.

    They come in order of their ids, from behind `after`.
    """
    found = installations.under_other_keys(tx, first, after, limit)
    for each in found:
        installations.reseal(tx, each.workspace_id, reseal(each))
    return [each.workspace_id for each in found]
