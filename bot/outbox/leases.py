"""The outbox, for workers: the rate limit of each workspace, claims, and how each delivery ends.

The claim token is a fencing token: a worker whose lease is over can no longer change its deliveries. A clock that is
set back leaves `next_send_at` in the future, so it is ignored where it lies further ahead than a claim writes it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.core.outbox import KINDS, Delivery, DeliveryState, Kind, Subject
from bot.outbox import sql
from bot.outbox.deliveries import delivery_of


def take(tx: Connection, workspace_id: str, now: datetime, most: int, token: str, lease: float) -> list[Delivery]:
    """Claim the due deliveries of a workspace for the lease, and return them in the order in which to try them."""
    values = {"w": workspace_id, "now": now, "most": most, "token": token, "lease": lease}
    taken = sorted(tx.execute(sql.TAKE, values), key=lambda row: (row.try_at, row.key))
    return [delivery_of(row) for row in taken]


def set_subjects(tx: Connection, token: str, chosen: Iterable[tuple[Delivery, Subject]]) -> None:
    rows = [{**key_of(each), "its_subject": subject.stored(), "token": token} for each, subject in chosen]
    if rows:
        tx.execute(sql.SET_SUBJECT, rows)


WITHOUT_CONSENT = {"no_consent": [kind.value for kind, rules in KINDS.items() if not rules.needs_consent]}


def begin(tx: Connection, token: str, claimed: Sequence[Delivery], now: datetime) -> set[str]:
    """Mark deliveries of a workspace as started. Return the ids that may be sent: no opt-out can stop these any more.

    The others are not sent. Those to members who opted out are cancelled: planned again, they would be claimed and
    refused over and over. The rest is planned again, because the workspace is paused or the lease is over.
    """
    these = {**_keys_of(claimed), "token": token}
    begun = set(tx.scalars(sql.BEGIN, {**these, **WITHOUT_CONSENT, "now": now}))
    if len(begun) < len(claimed):
        tx.execute(sql.TAKEN_BACK, {**these, **WITHOUT_CONSENT, "now": now})
        tx.execute(sql.GIVE_BACK, these)
    return {each.id for each in claimed if each.key in begun}


def _keys_of(claimed: Sequence[Delivery]) -> dict[str, Any]:
    (workspace_id,) = {each.workspace_id for each in claimed}
    return {"w": workspace_id, "keys": [each.key for each in claimed]}


def set_channel(tx: Connection, token: str, claimed: Delivery, channel: str | None) -> None:
    """Store the channel to which a delivery is about to be posted. None: it has to be opened."""
    tx.execute(sql.SET_CHANNEL, {**key_of(claimed), "token": token, "its_channel": channel})


def set_week(tx: Connection, claimed: Delivery, week: str) -> None:
    tx.execute(sql.SET_WEEK, {"w": claimed.workspace_id, "k": claimed.key, "its_week": week})


def confirm(tx: Connection, token: str, sent: Sequence[tuple[Delivery, str, str]], now: datetime) -> set[str]:
    """Mark deliveries of a workspace as sent, with channel and ts. Return the ids that this worker had claimed."""
    shared = {"token": token, "now": now}
    tx.execute(
        sql.CONFIRM, [{**key_of(each), **shared, "its_channel": channel, "its_ts": ts} for each, channel, ts in sent]
    )
    all_ = [each for each, _, _ in sent]
    confirmed = set(tx.scalars(sql.CONFIRMED, {**_keys_of(all_), "token": token}))
    return {each.id for each in all_ if each.key in confirmed}


def end(tx: Connection, token: str, claimed: Delivery, state: DeliveryState, why: str, now: datetime) -> bool:
    """End a delivery with a reason. Return False if this worker no longer has it claimed."""
    values = {**key_of(claimed), "token": token, "end": state.value, "why": why, "now": now}
    return tx.execute(sql.END, values).rowcount > 0


def again(tx: Connection, token: str, claimed: Delivery, why: str, later: datetime) -> None:
    """Plan a delivery again after an attempt in which nothing was sent, at the latest for the end of its window."""
    then = min(later, claimed.window_ends_at)
    tx.execute(sql.AGAIN, {**key_of(claimed), "token": token, "why": why, "later": then})


def put_off(tx: Connection, token: str, claimed: Delivery, later: datetime) -> None:
    """Plan a claimed delivery again, by the end of its window at the latest. No failed attempt is counted."""
    then = min(later, claimed.window_ends_at)
    tx.execute(sql.PUT_OFF, {"w": claimed.workspace_id, "k": claimed.key, "token": token, "later": then})


def lost(tx: Connection, token: str, claimed: Delivery, why: str) -> None:
    """Mark a delivery as unconfirmed: Slack's answer was lost. It is looked up once the settling time is over."""
    tx.execute(sql.LOST, {**key_of(claimed), "token": token, "why": why})


def release(tx: Connection, token: str) -> int:
    """Plan again what this worker claimed but did not start, across all workspaces. Return the number."""
    return tx.execute(sql.RELEASE, {"token": token}).rowcount


def key_of(claimed: Delivery) -> dict[str, Any]:
    """Return what identifies a delivery in a statement."""
    return {"w": claimed.workspace_id, "k": claimed.key}


def release_abandoned(tx: Connection, lease: float) -> int:
    """Give back claims that were not started and whose lease is over, across all workspaces. Return how many.

    A lease that ends later than a new one was taken before the database's clock was set back. A claim with such a
    lease is given back if it was not started. Otherwise its post may be on its way: it gets a new lease, so that it
    is settled as late after the start as any other.
    """
    return [row.state for row in tx.execute(sql.ABANDONED, {"lease": lease})].count(DeliveryState.PLANNED)


def expire(tx: Connection, now: datetime, most: int) -> list[Kind]:
    """Mark deliveries as missed whose window is over. Return the kind of each; across all workspaces."""
    return [Kind(kind) for (kind,) in tx.execute(sql.EXPIRE, {"now": now, "most": most})]


def take_unsettled(tx: Connection, token: str, settling: float, most: int) -> list[Delivery]:
    """Take started but unconfirmed deliveries after their lease and the settling time; across all workspaces."""
    return [
        delivery_of(row) for row in tx.execute(sql.TAKE_UNSETTLED, {"token": token, "settling": settling, "most": most})
    ]


def leave_unconfirmed(tx: Connection, token: str, claimed: Delivery, why: str, now: datetime) -> bool:
    """End a delivery as unconfirmed: it is not sent again, and admins see it. Return False if the claim is lost."""
    return tx.execute(sql.LEAVE, {**key_of(claimed), "token": token, "why": why, "now": now}).rowcount > 0


def is_paused(tx: Connection, workspace_id: str) -> bool:
    return bool(tx.execute(sql.PAUSED, {"w": workspace_id}).scalar())


@dataclass(frozen=True, slots=True)
class Ready:
    """A locked workspace that has due deliveries and may be sent to. Its times are by the database's clock."""

    workspace_id: str
    next_send_at: float
    now: float


def ready(tx: Connection, now: datetime, most: int, gap: float) -> Sequence[Ready]:
    """Lock and return workspaces with due deliveries whose rate limit allows a post, the longest waiting first.

    It looks across all workspaces. `gap` is the time between two posts, in seconds.
    """
    return [Ready(*row) for row in tx.execute(sql.READY, {"now": now, "most": most, "gap": gap})]


def set_next_send_at(tx: Connection, workspace_id: str, then: float) -> None:
    """Set when the workspace's next post may go, by the database's clock."""
    tx.execute(sql.SET_NEXT, {"w": workspace_id, "then": then})
