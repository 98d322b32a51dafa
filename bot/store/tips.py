"""Tips: which member got which one and what they thought of it, and what members have at hand for them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, null, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.practice import History, Step
from bot.core.team import STEPS, Reaction
from bot.store import practice as practice_rows
from bot.store.member_schema import practice, situation, tip_given
from bot.store.practice import IS_LAST_STEP
from bot.store.schema import tip_set_aside
from bot.store.types import of_members, rows_of

NOT_MY_WORK = "not useful"  # the verdict, as it is stored

_GIVEN = select(tip_given).where(*of_members(tip_given)).order_by(tip_given.c.given_at, tip_given.c.tip)
_NEEDS = select(situation).where(*of_members(situation), situation.c.has.is_not(None))
_WITHHELD = select(tip_set_aside.c.tip).where(tip_set_aside.c.workspace_id == bindparam("w"))
_INSERT = insert(tip_given)
_KEY = (tip_given.c.workspace_id, tip_given.c.member_id, tip_given.c.tip)
_GIVE = _INSERT.on_conflict_do_update(
    index_elements=_KEY,
    set_={"times": tip_given.c.times + _INSERT.excluded.times, "given_at": _INSERT.excluded.given_at},
)


@dataclass
class GivenTips:
    """The tips of one member: how often and when each was last given, the latest last; and which are not their work."""

    times: dict[str, int] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)
    not_my_work: set[str] = field(default_factory=set)

    @property
    def last_at(self) -> datetime | None:
        return list(self.at.values())[-1] if self.at else None


def given(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, GivenTips]:
    found = {member: GivenTips() for member in members}
    for row in tx.execute(_GIVEN, {"w": workspace_id, "members": list(members)}):
        theirs = found[row.member_id]
        theirs.times[row.tip], theirs.at[row.tip] = row.times, row.given_at
        if row.verdict == NOT_MY_WORK:
            theirs.not_my_work.add(row.tip)
    return found


@dataclass
class Circumstances:
    """What the choice of a member's tip depends on. `withheld` are tips that nobody in the workspace gets."""

    given: GivenTips
    history: History
    withheld: set[str]
    has: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)


def circumstances(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, Circumstances]:
    """Return the circumstances of these members, in seven statements."""
    withheld = set(tx.scalars(_WITHHELD, {"w": workspace_id}))
    histories = practice_rows.histories(tx, workspace_id, members)
    got = given(tx, workspace_id, members)
    found = {each: Circumstances(got[each], histories[each], withheld) for each in members}
    for row in tx.execute(_NEEDS, {"w": workspace_id, "members": list(members)}):
        (found[row.member_id].has if row.has else found[row.member_id].lacks).add(row.need)
    return found


def give(tx: Connection, rows: Iterable[tuple[MemberKey, str]], now: datetime) -> None:
    values = [
        {**who._asdict(), "tip": tip, "times": times, "given_at": now} for (who, tip), times in Counter(rows).items()
    ]
    if values:
        tx.execute(_GIVE, values)


def note(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """Count a tip as given that a member found without being given it. One that was given stays as it is."""
    new = _INSERT.values(**who._asdict(), tip=tip, times=1, given_at=now)
    tx.execute(new.on_conflict_do_nothing())


def set_verdict(tx: Connection, who: MemberKey, tip: str, verdict: str | None, now: datetime) -> None:
    """Record what a member thinks of a tip; None takes it back."""
    new = _INSERT.values(**who._asdict(), tip=tip, times=0, given_at=now, verdict=verdict)
    tx.execute(new.on_conflict_do_update(index_elements=_KEY, set_={"verdict": verdict}))


def withhold(tx: Connection, workspace_id: str, tip: str, reason: str, now: datetime) -> None:
    """Withhold a tip that Slack refuses to show, so that nobody else in the workspace gets it."""
    new = insert(tip_set_aside).values(workspace_id=workspace_id, tip=tip, reason=reason, at=now)
    tx.execute(new.on_conflict_do_nothing())


_NEED = (situation.c.workspace_id, situation.c.member_id, situation.c.need)
_INSERT_NEED = insert(situation)
_SAVE_NEED = _INSERT_NEED.on_conflict_do_update(
    index_elements=_NEED,
    set_={"has": _INSERT_NEED.excluded.has, "at": _INSERT_NEED.excluded.at, "tip": null(), "had": null()},
)
_FOLLOWS = _INSERT_NEED.on_conflict_do_update(
    index_elements=_NEED,
    set_={name: _INSERT_NEED.excluded[name] for name in ("has", "at", "tip")} | {"had": situation.c.has},
    where=situation.c.has.is_distinct_from(_INSERT_NEED.excluded.has),
)


def needs_of(tx: Connection, who: MemberKey) -> dict[str, bool]:
    """Return whether a member has each need. One that is missing here is unknown."""
    theirs = (*rows_of(situation, who), situation.c.has.is_not(None))
    return dict(tx.execute(select(situation.c.need, situation.c.has).where(*theirs)).all())


def save_needs(tx: Connection, who: MemberKey, has: Mapping[str, bool], now: datetime) -> None:
    rows = [{**who._asdict(), "need": need, "has": each, "at": now} for need, each in has.items()]
    if rows:
        tx.execute(_SAVE_NEED, rows)


def follows(tx: Connection, who: MemberKey, needs: Iterable[str], tip: str, now: datetime, *, has: bool) -> None:
    """Record that a member has or lacks these needs, as they said of a tip, and what was known before, for *Undo*."""
    rows = [{**who._asdict(), "need": need, "has": has, "at": now, "tip": tip} for need in needs]
    if rows:
        tx.execute(_FOLLOWS, rows)


def restore_needs(tx: Connection, who: MemberKey, tip: str, now: datetime) -> None:
    """Take back what `follows` recorded for a tip. What the member said about a need since then stays."""
    followed = update(situation).where(*rows_of(situation, who), situation.c.tip == tip)
    tx.execute(followed.values(has=situation.c.had, had=null(), tip=null(), at=now))


_TIMES_GIVEN = select(tip_given.c.tip, func.count().label("members")).group_by(tip_given.c.tip)


def times_given(tx: Connection) -> dict[str, int]:
    """Return how many members got each tip; across all workspaces."""
    return {row.tip: row.members for row in tx.execute(_TIMES_GIVEN)}


_REACTIONS = select(practice.c.step, practice.c.workspace_id, practice.c.member_id, practice.c.tip).where(
    practice.c.step.in_([step.value for step in STEPS]), IS_LAST_STEP
)


def reactions(tx: Connection) -> list[Reaction]:
    """Return who said last of which tip that it is not their work, or that they are blocked; across all workspaces."""
    rows = tx.execute(_REACTIONS)
    return [Reaction(Step(row.step), MemberKey(row.workspace_id, row.member_id), row.tip) for row in rows]
