"""What members have at hand, need by need."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.store.member_schema import situation

_c = situation.c
_KEY = (_c.workspace_id, _c.member_id, _c.need)
_OF = select(_c.need, _c.has).where(
    _c.workspace_id == bindparam("workspace_id"), _c.member_id == bindparam("member_id"), _c.has.is_not(None)
)
_INSERT = insert(situation)
_SET = _INSERT.on_conflict_do_update(
    index_elements=_KEY,
    set_={"has": _INSERT.excluded.has, "at": _INSERT.excluded.at, "tip": null(), "had": null()},
)
_LACK = _INSERT.on_conflict_do_update(
    index_elements=_KEY,
    set_={"has": False, "at": _INSERT.excluded.at, "tip": _INSERT.excluded.tip, "had": _c.has},
    where=or_(_c.has.is_(None), _c.has.is_(True)),
)
_RESTORE = (
    update(situation)
    .where(_c.workspace_id == bindparam("w"), _c.member_id == bindparam("m"), _c.tip == bindparam("its_tip"))
    .values(has=_c.had, had=null(), tip=null(), at=bindparam("now"))
)


def is_known(tx: Connection, who: MemberKey) -> bool:
    """Return whether the member ever said what they have."""
    return tx.execute(_OF, who._asdict()).first() is not None


def of(tx: Connection, who: MemberKey) -> dict[str, bool]:
    """Return whether a member has each need. One that is missing here is unknown."""
    return dict(tx.execute(_OF, who._asdict()).all())


def save(tx: Connection, who: MemberKey, has: Mapping[str, bool], now: datetime) -> None:
    """Record whether a member has each of these needs."""
    rows = [{**who._asdict(), "need": need, "has": each, "at": now} for need, each in has.items()]
    if rows:
        tx.execute(_SET, rows)


def lack(tx: Connection, who: MemberKey, needs: Iterable[str], tip: str, now: datetime) -> None:
    """Record that a member lacks these needs of a tip, and what was known before, for `restore`."""
    rows = [{**who._asdict(), "need": need, "has": False, "at": now, "tip": tip} for need in needs]
    if rows:
        tx.execute(_LACK, rows)


def restore(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """Take back what `lack` recorded for a tip. What the member said about a need since then stays."""
    tx.execute(_RESTORE, {"w": who.workspace_id, "m": who.member_id, "its_tip": tip, "now": now})
