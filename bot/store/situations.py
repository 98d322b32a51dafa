"""What members have at hand, need by need."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.store.tables import situation

_c = situation.c
_OF = select(_c.need, _c.has).where(
    _c.workspace_id == bindparam("workspace_id"), _c.member_id == bindparam("member_id")
)
_INSERT = insert(situation)
_SET = _INSERT.on_conflict_do_update(
    index_elements=[_c.workspace_id, _c.member_id, _c.need],
    set_={"has": _INSERT.excluded.has, "at": _INSERT.excluded.at},
)


def of(tx: Connection, who: MemberKey) -> dict[str, bool]:
    """Return whether a member has each need. One that is missing here is unknown."""
    return dict(tx.execute(_OF, who._asdict()).all())


def save(tx: Connection, who: MemberKey, has: Mapping[str, bool], now: datetime) -> None:
    """Record whether a member has each of these needs."""
    rows = [{**who._asdict(), "need": need, "has": each, "at": now} for need, each in has.items()]
    if rows:
        tx.execute(_SET, rows)
