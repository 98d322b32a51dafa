"""Skills that members showed in channels, and finished paths that they told a channel about."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.record import Showing
from bot.store.member_schema import path_shared, showing
from bot.store.types import UtcDateTime

_c = showing.c
_COLUMNS = (_c.showing_id, _c.member_id, _c.skill, _c.asked_at, _c.seen_at)
_ADD = insert(showing).on_conflict_do_nothing().returning(*_COLUMNS)  # a second one on the same day adds nothing
_OF_DAY = select(*_COLUMNS).where(
    _c.workspace_id == bindparam("workspace_id"),
    _c.member_id == bindparam("member_id"),
    _c.skill == bindparam("skill"),
    _c.channel == bindparam("channel"),
    _c.day == bindparam("day"),
)


def add(tx: Connection, who: MemberKey, new: Showing, channel: str, day: str) -> Showing:
    """Store a showing. Return the one that the member made of this skill in this channel on this day, new or not."""
    place = {**who._asdict(), "skill": new.skill, "channel": channel, "day": day}
    added = tx.execute(_ADD, {**place, "showing_id": new.showing_id, "asked_at": new.asked_at}).first()
    return _showing(added or tx.execute(_OF_DAY, place).one())


_FIND = select(*_COLUMNS).where(_c.workspace_id == bindparam("w"), _c.showing_id == bindparam("s"))


def find(tx: Connection, workspace_id: str, showing_id: str) -> Showing | None:
    """Return a showing; None if there is none, or its member was forgotten."""
    row = tx.execute(_FIND, {"w": workspace_id, "s": showing_id}).first()
    return None if row is None else _showing(row)


_CONFIRM = (
    update(showing)
    .where(_c.workspace_id == bindparam("w"), _c.showing_id == bindparam("s"))
    .values(seen_at=func.coalesce(_c.seen_at, bindparam("now", type_=UtcDateTime)))
    .returning(*_COLUMNS)
)


def confirm(tx: Connection, workspace_id: str, showing_id: str, now: datetime) -> Showing | None:
    """Mark a showing as confirmed and return it. Only the first time counts. Return None if it is gone."""
    row = tx.execute(_CONFIRM, {"w": workspace_id, "s": showing_id, "now": now}).first()
    return None if row is None else _showing(row)


_SHARE = insert(path_shared).on_conflict_do_nothing().returning(path_shared.c.role)


def share_path(tx: Connection, who: MemberKey, role: str, now: datetime) -> bool:
    """Record that a member tells a channel that they finished the path of a role. Return False if they did before."""
    return tx.execute(_SHARE, {**who._asdict(), "role": role, "shared_at": now}).first() is not None


def _showing(row: Row[*tuple[Any, ...]]) -> Showing:
    return Showing(row.showing_id, row.member_id, row.skill, row.asked_at, row.seen_at)
