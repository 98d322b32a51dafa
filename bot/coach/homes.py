"""Keep Home tabs up to date: note who opened theirs, mark those that a change concerns, and claim them to publish.

A Home has a due time. A change sets it to now, in the transaction of the change. A publisher takes a lease, which moves
the due time to the lease's end, so that another process tries if this one dies. When it is done, it sets the next due
time, unless a change has made the Home due again meanwhile.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.coach import installing
from bot.core.member import MemberKey, Profile
from bot.core.outbox import Delivery
from bot.core.outcomes import back_off
from bot.store import homes, members, workspaces
from bot.store.admins import is_named
from bot.store.homes import ClaimedHome, Lease

OPEN_FOR = timedelta(days=30)  # after it was last opened, a Home gets no more changes, and its row is deleted


def opened(tx: Connection, who: MemberKey, shown: str | None, view_hash: str | None, now: datetime) -> None:
    """Note that a member opened their Home, which shows `shown` by now. Raise NotMet."""
    members.lock_known(tx, who)
    homes.opened(tx, who, shown, view_hash, now)


def used(tx: Connection, who: MemberKey, now: datetime) -> None:
    """Note that a member clicked in their Home, so that it is drawn anew. Raise NotMet."""
    members.lock_known(tx, who)
    homes.used(tx, who, now)


def delivered(tx: Connection, about: Iterable[Delivery], now: datetime) -> None:
    """Mark the Homes of the members to whom something was sent, or could not be sent."""
    whose = {delivery.member for delivery in about if delivery.member_id is not None}
    if whose:
        homes.many_changed(tx, whose, now)


def see_profile(tx: Connection, who: MemberKey, profile: Profile, now: datetime) -> bool:
    """Store whether the desk belongs on a member's Home: Slack says that they are an admin, or they are a coach admin.

    Return whether that changed.
    """
    return homes.set_admin(tx, who, now, is_admin=profile.is_admin or is_named(tx, who))


def claim(tx: Connection, seconds: float, token: str, now: datetime, most: int) -> list[ClaimedHome]:
    """Take a lease of some seconds on Homes that are due, those opened last first; across all workspaces."""
    return homes.claim(tx, _lease(seconds, token, now), most)


def claim_one(tx: Connection, seconds: float, who: MemberKey, token: str, now: datetime) -> ClaimedHome | None:
    """Take a lease on the Home of a member. Return None if it is not due, or if another process has the lease."""
    return homes.claim_one(tx, who, _lease(seconds, token, now))


def try_again(tx: Connection, claimed: ClaimedHome, at: datetime) -> None:
    """Publish a Home again at `at`, because it is not known what it shows."""
    homes.release(tx, claimed, None, None, at)


def wait(tx: Connection, claimed: ClaimedHome, pause: timedelta, now: datetime) -> None:
    """Pause the Homes of the workspace, as Slack's rate limit for them is reached. Messages do not wait."""
    workspaces.pause_homes(tx, claimed.who.workspace_id, pause.total_seconds())
    homes.release(tx, claimed, claimed.shown, claimed.view_hash, now)


def refused(tx: Connection, claimed: ClaimedHome) -> None:
    """Leave a Home alone until its member opens it again, because Slack refuses to show it."""
    homes.release(tx, claimed, None, None, None)


def token_refused(tx: Connection, claimed: ClaimedHome, why: str, now: datetime) -> None:
    """Doubt the workspace's token, and publish the Home again once Slack has been asked about it."""
    installing.doubt(tx, claimed.who.workspace_id, why, now)
    homes.release(tx, claimed, None, None, now + back_off(0))


def sweep(tx: Connection, now: datetime, most: int) -> int:
    """Delete what is kept about Homes that nobody opened for 30 days. Return their number; across all workspaces."""
    return homes.sweep(tx, now - OPEN_FOR, most)


def _lease(seconds: float, token: str, now: datetime) -> Lease:
    return Lease(token, seconds, now, now + timedelta(seconds=seconds), now - OPEN_FOR)
