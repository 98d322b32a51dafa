"""Tips: which member got which one and what they thought of it, and what members have at hand for them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, bindparam, func, literal, null, select, union_all, update
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.practice import Asked, Checked, History, Step
from bot.core.team import STEPS, Reaction
from bot.store.member_schema import practice, quiz, situation, tip_given
from bot.store.practice import IS_LAST_STEP, NO_FLAG, NO_NUMBER, NO_TEXT, NO_TIME, OF_HISTORY, history_of
from bot.store.schema import tip_set_aside
from bot.store.types import of_member, of_members, read_unread, rows_of, unread

NOT_MY_WORK = "not useful"  # the verdict, as it is stored

_GIVEN = (
    select(tip_given.c.member_id, tip_given.c.tip, tip_given.c.times, tip_given.c.verdict, unread(tip_given.c.given_at))
    .where(*of_members(tip_given))
    .order_by(tip_given.c.given_at, tip_given.c.tip)
)
_INSERT = insert(tip_given)
_KEY = (tip_given.c.workspace_id, tip_given.c.member_id, tip_given.c.tip)
_GIVE = _INSERT.on_conflict_do_update(
    index_elements=_KEY,
    set_={"times": tip_given.c.times + _INSERT.excluded.times, "given_at": _INSERT.excluded.given_at},
)


@dataclass
class GivenTips:
    """The tips of one member: how often each was given, by when it was last, and which are not their work."""

    times: dict[str, int] = field(default_factory=dict)
    unread_at: dict[str, str | datetime] = field(default_factory=dict)
    not_my_work: set[str] = field(default_factory=set)

    def add(self, tip: str, times: int, verdict: str | None, unread_at: str | datetime) -> None:
        self.times[tip], self.unread_at[tip] = times, unread_at
        if verdict == NOT_MY_WORK:
            self.not_my_work.add(tip)

    @property
    def last_at(self) -> datetime | None:
        return read_unread(list(self.unread_at.values())[-1]) if self.unread_at else None

    @cached_property
    def at(self) -> dict[str, datetime]:
        """Return when each was given last. They are read only here, as few choices ask for them."""
        return {tip: read_unread(at) for tip, at in self.unread_at.items()}


def given(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, GivenTips]:
    found = {member: GivenTips() for member in members}
    got = tx.execute(_GIVEN, {"w": workspace_id, "members": list(members)})
    for member_id, *row in got:
        found[member_id].add(*row)
    return found


@dataclass
class Circumstances:
    """What the choice of a member's tip depends on: the tips that they got, needs, checks that they were asked.

    `withheld` are tips that nobody in the workspace gets.
    """

    given: GivenTips
    withheld: set[str]
    has: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)
    checked: Checked = field(default_factory=Checked)


_CIRCUMSTANCES = union_all(
    select(
        situation.c.member_id.label("member_id"), situation.c.need.label("name"), NO_TEXT.label("skill"),
        NO_TIME.label("asked_at"), NO_TIME.label("answered_at"), NO_FLAG.label("due"),
        situation.c.has.label("right"),
    ).where(*of_members(situation), situation.c.has.is_not(None)),
    select(
        quiz.c.member_id, quiz.c.check_id, quiz.c.skill, quiz.c.asked_at, quiz.c.answered_at, quiz.c.due, quiz.c.right,
    ).where(*of_members(quiz)),
    select(null(), tip_set_aside.c.tip, NO_TEXT, NO_TIME, NO_TIME, NO_FLAG, NO_FLAG).where(
        tip_set_aside.c.workspace_id == bindparam("w")
    ),
)  # fmt: skip


def circumstances(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, Circumstances]:
    """Return the circumstances of these members, in two statements."""
    asked, withheld = dict[str, list[Asked]](), set[str]()
    found = {who: Circumstances(each, withheld) for who, each in given(tx, workspace_id, members).items()}
    every = tx.execute(_CIRCUMSTANCES, {"w": workspace_id, "members": list(members)})
    for member_id, name, skill, asked_at, answered_at, due, right in every:
        if member_id is None:
            withheld.add(name)
        elif asked_at is None:
            (found[member_id].has if right else found[member_id].lacks).add(name)
        else:
            asked.setdefault(member_id, []).append(Asked(name, skill, asked_at, due, answered_at, right))
    for member_id, theirs in asked.items():
        found[member_id].checked = Checked.of(theirs)
    return found


_OWN_GIVEN = select(
    literal("given"), tip_given.c.tip, tip_given.c.given_at, tip_given.c.verdict, NO_TEXT, NO_TEXT,
    NO_TIME, NO_FLAG, NO_FLAG, tip_given.c.times, NO_TEXT,
).where(*of_member(tip_given))  # fmt: skip
_OWN_NEEDS = select(
    literal("need"), situation.c.need, NO_TIME, NO_TEXT, NO_TEXT, NO_TEXT,
    NO_TIME, NO_FLAG, situation.c.has, NO_NUMBER, NO_TEXT,
).where(*of_member(situation), situation.c.has.is_not(None))  # fmt: skip
_WITHHELD = select(
    literal("withheld"), tip_set_aside.c.tip, NO_TIME, NO_TEXT, NO_TEXT, NO_TEXT,
    NO_TIME, NO_FLAG, NO_FLAG, NO_NUMBER, NO_TEXT,
).where(tip_set_aside.c.workspace_id == bindparam("workspace_id"))  # fmt: skip
_PAST = union_all(*OF_HISTORY, _OWN_GIVEN, _OWN_NEEDS, _WITHHELD)


def past(tx: Connection, who: MemberKey) -> tuple[History, Circumstances]:
    """Return what one member did with tips, and what their next tip depends on, in one statement."""
    found = tx.execute(_PAST, who._asdict()).all()
    history, given = history_of(found), GivenTips()
    got = [(at, tip, times, verdict) for what, tip, at, verdict, *_, times, _ in found if what == "given"]
    for at, tip, times, verdict in sorted(got):
        given.add(tip, times, verdict, at)
    has, lacks = ({row.name for row in found if row.what == "need" and row.right is each} for each in (True, False))
    withheld = {row.name for row in found if row.what == "withheld"}
    return history, Circumstances(given, withheld, has, lacks, history.checked)


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
