"""Settle the outbox: end what is too late, release what dead workers claimed, and reconcile lost answers with Slack."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.core.outcomes import CannotLook, Finding, Sent, Unknown
from bot.outbox import abandoned, leases
from bot.outbox.posts import Posts
from bot.outbox.sending import Pace, confirm, lock_members

MAX_EXPIRED = 500  # in one transaction


def expire(tx: Connection, rules: Pace, now: datetime, limit: int = MAX_EXPIRED) -> list[Kind]:
    """Release deliveries that a dead worker claimed but did not start, and end those whose window is over.

    Return the kind of each that ended: at most `limit`, so that a call ends soon after the bot stood still for days.
    """
    abandoned.release_abandoned(tx, rules.lease)
    return abandoned.expire(tx, now, limit)


def unsettled(tx: Connection, rules: Pace, token: str, limit: int) -> list[Delivery]:
    """Claim deliveries to reconcile with Slack: started, never confirmed, and past the lease and the settling time.

    The caller looks for each in Slack, and passes its finding to `settle`.
    """
    return abandoned.claim_unsettled(tx, token, rules.settling, limit)


def settle(
    tx: Connection, posts: Posts, token: str, delivery: Delivery, finding: Finding, now: datetime
) -> DeliveryState:
    """Reconcile a delivery with what was found in Slack, and return its state.

    A post that was found is sent. One that was not found is planned again while its window is open. If nobody can look,
    it stays unconfirmed, unless a member has pressed one of its buttons.
    """
    lock_members(tx, [delivery])
    state = _settle(tx, posts, token, delivery, finding, now)
    posts.ended(tx, [delivery], now)
    return state


def _settle(
    tx: Connection, posts: Posts, token: str, delivery: Delivery, finding: Finding, now: datetime
) -> DeliveryState:
    if isinstance(finding, Sent):
        confirm(tx, posts, token, [(delivery, finding.channel, finding.ts)], now)
        return DeliveryState.SENT
    if isinstance(finding, CannotLook) and (ts := posts.seen_as(tx, delivery)) is not None:
        confirm(tx, posts, token, [(delivery, delivery.channel or "", ts)], now)
        return DeliveryState.SENT
    if isinstance(finding, CannotLook):
        if abandoned.leave_unconfirmed(tx, token, delivery, finding.reason, now):  # else the member was forgotten
            posts.failed(tx, delivery, Unknown(finding.reason), now)
        return DeliveryState.UNCONFIRMED
    leases.again(tx, token, delivery, "not found in Slack", now)
    return DeliveryState.PLANNED
