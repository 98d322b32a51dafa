"""The introduction of the coach in a channel, as an admin wishes it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.core.member import Act, MemberKey
from bot.core.outbox import Kind, NewDelivery, introduction_key
from bot.core.subjects import DrawnSubject
from bot.outbox import deliveries
from bot.store import admins, members, workspaces

AGAIN_AFTER = timedelta(days=30)
MAX_WHY = 150  # characters of the line under an introduction
ANNOUNCED_WITHIN = timedelta(hours=1)  # after which the channel is not surprised any more


class IntroductionWish(NamedTuple):
    """An admin's wish to introduce the coach, with why the team does this.

    `form_id` is the id of the form: a form that is sent twice posts once.
    """

    form_id: str
    channel: str = ""
    why: str = ""

    def __str__(self) -> str:
        """Return what a form and a button carry."""
        return " ".join(self)


def introduced_before(tx: Connection, workspace_id: str, channel: str, now: datetime) -> datetime | None:
    """Return when a channel had an introduction lately, or is about to have one."""
    return deliveries.latest(tx, workspace_id, Kind.INTRODUCTION, channel, now - AGAIN_AFTER)


def announce(tx: Connection, admin: MemberKey, wish: IntroductionWish, now: datetime) -> IntroductionWish:
    """Plan an introduction, and record it in the audit. A second call changes nothing. Raise NotMet."""
    members.lock_known(tx, admin)
    workspaces.lock(tx, admin.workspace_id)  # the form may be sent twice at once
    key = introduction_key(wish.channel, wish.form_id)
    if deliveries.find(tx, admin.workspace_id, key) is not None:
        return wish
    plan = NewDelivery(
        workspace_id=admin.workspace_id,
        key=key,
        kind=Kind.INTRODUCTION,
        channel=wish.channel,
        subject=DrawnSubject(wish.why) if wish.why else None,
        due_at=now,
        until=now + ANNOUNCED_WITHIN,
    )
    deliveries.put(tx, [plan])
    admins.record_act(tx, admin, Act.INTRODUCED, now, subject=key)
    return wish
