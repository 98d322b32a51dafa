"""Introduce the coach in a channel: once, and not again within thirty days unless an admin confirms it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.member import Act, MemberKey
from bot.core.outbox import Kind, NewDelivery, introduction_key
from bot.outbox import deliveries
from bot.store import audit, members, workspaces

AGAIN_AFTER = timedelta(days=30)
MAX_LATE = timedelta(hours=1)  # after which the channel is not surprised any more


@dataclass(frozen=True, slots=True)
class IntroductionWish:
    """An admin's wish to introduce the coach. `form_id` is the id of the form: a form that is sent twice posts once.

    `again`: the admin knows that the channel had an introduction lately.
    """

    channel: str
    form_id: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Announced:
    """What came of a wish. `before`: when the channel last had an introduction, so that nothing was planned now."""

    wish: IntroductionWish
    before: datetime | None = None
    zone: str | None = None


def announce(tx: Connection, admin: MemberKey, wish: IntroductionWish, now: datetime) -> Announced:
    """Plan an introduction, and record it in the audit. Plan nothing if the channel had one lately. Raise NotMet."""
    zone = members.lock_known(tx, admin).member.zone
    workspaces.lock(tx, admin.workspace_id)  # two admins may want the same channel at once
    key = introduction_key(wish.channel, wish.form_id)
    if deliveries.state_of(tx, admin.workspace_id, key) is not None:
        return Announced(wish)
    before = deliveries.latest(tx, admin.workspace_id, Kind.INTRODUCTION, wish.channel, now - AGAIN_AFTER)
    if before is not None and not wish.again:
        return Announced(wish, before, zone)
    plan = NewDelivery(
        workspace_id=admin.workspace_id,
        key=key,
        kind=Kind.INTRODUCTION,
        channel=wish.channel,
        due_at=now,
        until=now + MAX_LATE,
    )
    deliveries.put(tx, [plan])
    audit.record(tx, admin, Act.INTRODUCED, now, subject=key)
    return Announced(wish)
