"""Tips given: which member got which tip, how often and when last, and what they thought of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.store.tables import tip_given, tip_set_aside

USEFUL, NOT_USEFUL = "useful", "not useful"  # what a member may think of a tip

_GIVEN = (
    select(tip_given.c.member_id, tip_given.c.tip, tip_given.c.times, tip_given.c.verdict)
    .where(
        tip_given.c.workspace_id == bindparam("workspace_id"),
        tip_given.c.member_id.in_(bindparam("members", expanding=True)),
    )
    .order_by(tip_given.c.given_at, tip_given.c.tip)
)
_INSERT = insert(tip_given)
_GIVE = _INSERT.on_conflict_do_update(
    index_elements=[tip_given.c.workspace_id, tip_given.c.member_id, tip_given.c.tip],
    set_={"times": tip_given.c.times + 1, "given_at": _INSERT.excluded.given_at},
)
_JUDGE = _INSERT.on_conflict_do_update(
    index_elements=[tip_given.c.workspace_id, tip_given.c.member_id, tip_given.c.tip],
    set_={"verdict": _INSERT.excluded.verdict},
)
_SET_ASIDE = insert(tip_set_aside).on_conflict_do_nothing()
_ASIDE = select(tip_set_aside.c.tip).where(tip_set_aside.c.workspace_id == bindparam("w"))


@dataclass
class Given:
    """The tips of one member: how often each, which last, and which were of no use."""

    times: dict[str, int] = field(default_factory=dict)
    not_useful: set[str] = field(default_factory=set)


def given(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, Given]:
    """What each of these members of a workspace was given, in one statement."""
    found = {member: Given() for member in members}
    for member, tip, times, verdict in tx.execute(_GIVEN, {"workspace_id": workspace_id, "members": list(members)}):
        found[member].times[tip] = times
        if verdict == NOT_USEFUL:
            found[member].not_useful.add(tip)
    return found


def give(tx: Connection, rows: Iterable[tuple[MemberKey, str]], now: datetime) -> None:
    """Counts tips as given."""
    values = [{**who._asdict(), "tip": tip, "times": 1, "given_at": now} for who, tip in rows]
    if values:
        tx.execute(_GIVE, values)


def judge(tx: Connection, who: MemberKey, tip: str, verdict: str, now: datetime) -> None:
    """Notes what a member thinks of a tip; the last word counts, also of one that nobody knows to have arrived."""
    tx.execute(_JUDGE, {**who._asdict(), "tip": tip, "times": 0, "given_at": now, "verdict": verdict})


def set_aside(tx: Connection, workspace_id: str, tip: str, reason: str, now: datetime) -> None:
    """Notes that Slack refuses to show a tip, so that nobody else gets it."""
    tx.execute(_SET_ASIDE, {"workspace_id": workspace_id, "tip": tip, "reason": reason, "at": now})


def aside(tx: Connection, workspace_id: str) -> frozenset[str]:
    """The tips that are set aside."""
    return frozenset(tip for (tip,) in tx.execute(_ASIDE, {"w": workspace_id}))
