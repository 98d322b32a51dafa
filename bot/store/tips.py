"""Tips given: which member got which tip, how often, and when last."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.store.tables import tip_given

_GIVEN = select(tip_given.c.tip, tip_given.c.times).where(
    tip_given.c.workspace_id == bindparam("workspace_id"), tip_given.c.member_id == bindparam("member_id")
)
_INSERT = insert(tip_given)
_GIVE = _INSERT.on_conflict_do_update(
    index_elements=[tip_given.c.workspace_id, tip_given.c.member_id, tip_given.c.tip],
    set_={"times": tip_given.c.times + 1, "given_at": _INSERT.excluded.given_at},
)


def times_given(tx: Connection, who: MemberKey) -> dict[str, int]:
    """How often each tip was given to a member, by the tip's id."""
    return dict(tx.execute(_GIVEN, who._asdict()).tuples().all())


def give(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """Counts a tip as given."""
    tx.execute(_GIVE, {**who._asdict(), "tip": tip, "times": 1, "given_at": now})
