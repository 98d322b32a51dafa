"""Find out when the next event is due: a member's slot, a planned delivery, the end of a challenge."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Connection, bindparam, func, or_, select

from bot.core.challenges import ChallengeState
from bot.core.outbox import DeliveryState
from bot.store.member_schema import delivery, schedule
from bot.store.schema import challenge, workspace
from bot.store.types import SLACK_ID, UtcDateTime

_AFTER = bindparam("after", type_=UtcDateTime)
_EVERYBODY = bindparam("everybody", type_=Boolean)
_MEMBERS = bindparam("members", type_=SLACK_ID, expanding=True)

_SLOT = (
    select(func.min(schedule.c.next_due_at))
    .select_from(schedule.join(workspace, workspace.c.workspace_id == schedule.c.workspace_id))
    .where(
        schedule.c.next_due_at > _AFTER,
        workspace.c.disconnected_at.is_(None),
        or_(_EVERYBODY, schedule.c.member_id.in_(_MEMBERS)),
    )
)
_DELIVERY = (
    select(func.min(delivery.c.try_at))
    .select_from(delivery.join(workspace, workspace.c.workspace_id == delivery.c.workspace_id))
    .where(
        delivery.c.state == DeliveryState.PLANNED,
        delivery.c.try_at > _AFTER,
        delivery.c.window_ends_at > delivery.c.try_at,
        workspace.c.disconnected_at.is_(None),
        or_(_EVERYBODY, delivery.c.member_id.is_(None), delivery.c.member_id.in_(_MEMBERS)),
    )
)
_END = select(func.min(challenge.c.ends_at)).where(
    challenge.c.state == ChallengeState.OPEN, challenge.c.ends_at > _AFTER
)
_CALLED = select(func.min(challenge.c.ends_at)).where(
    challenge.c.state == ChallengeState.OPEN,
    challenge.c.ends_at > bindparam("after_call", type_=UtcDateTime),
    challenge.c.calls_last.is_(True),
    challenge.c.called_at.is_(None),
    challenge.c.ts.is_not(None),
)
_FIRST = select(_SLOT.scalar_subquery(), _DELIVERY.scalar_subquery(), _END.scalar_subquery(), _CALLED.scalar_subquery())


class First(NamedTuple):
    """When the first event of each kind is due; None if there is none."""

    slot: datetime | None
    delivery: datetime | None
    end: datetime | None
    called: datetime | None  # the end of the challenge whose last call is next


def first(tx: Connection, after: datetime, after_call: datetime, members: Collection[str] | None) -> First:
    """Return the first event of each kind after `after`, across all workspaces; for these members only unless None.

    Last calls are found by the end of their challenge, which must be after `after_call`.
    """
    values = {"after": after, "after_call": after_call, "everybody": members is None, "members": list(members or ())}
    return First(*tx.execute(_FIRST, values).one())
