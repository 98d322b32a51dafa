"""What weekly messages ask: whether a tip is still done, a log that only grows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, cast, exists, func, null, select, union, union_all
from sqlalchemy.dialects.postgresql import insert

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.practice import Step
from bot.core.weekly_questions import ASK_AFTER, ASK_UNTIL, Answer, Use
from bot.store.member_schema import practice, still
from bot.store.practice import STAYS_DONE
from bot.store.types import UtcDateTime, of_members, same_member, unread

_ADD = insert(still).on_conflict_do_nothing()  # two answers in one microsecond are one


_WAS_ASKED = exists().where(same_member(still, practice, "tip"), still.c.at > practice.c.at)
_NEXT = still.alias()
_CHANGED = exists().where(
    same_member(_NEXT, still, "tip", "asking"),
    _NEXT.c.at > still.c.at,
    _NEXT.c.answer != Answer.ASKED.value,
)
_COUNTED = func.sum(case((still.c.answer == Answer.AGAIN.value, 1), else_=-1))  # each *Undo* takes one back
_IN_USE = union(  # by an answer that stands, or by a second *Did it*, which has no message
    select(still.c.member_id, still.c.tip).where(
        *of_members(still), still.c.answer == Answer.AGAIN.value, still.c.asking != "", ~_CHANGED
    ),
    select(still.c.member_id, still.c.tip)
    .where(*of_members(still), still.c.asking == "")
    .group_by(still.c.member_id, still.c.tip)
    .having(_COUNTED > 0),
).subquery()
_OF_MANY = union_all(
    select(practice.c.member_id, practice.c.tip.label("tip"), unread(practice.c.at).label("at")).where(
        *of_members(practice),
        practice.c.step == Step.DONE.value,
        practice.c.at.between(bindparam("since"), bindparam("until")),
        ~_WAS_ASKED,
        STAYS_DONE,
    ),
    select(_IN_USE.c.member_id, func.aggregate_strings(_IN_USE.c.tip, " "), cast(null(), UtcDateTime)).group_by(
        _IN_USE.c.member_id
    ),
)


@dataclass
class Doing:
    waiting: Sequence[str] = ()
    in_use: Sequence[str] = ()

    def kept(self, catalog: Catalog) -> frozenset[str]:
        return frozenset(catalog.lessons[tip].skill.slug for tip in self.in_use if tip in catalog.lessons)


def add(tx: Connection, rows: Iterable[tuple[MemberKey, Use]]) -> None:
    values = [
        {**who._asdict(), "tip": use.tip, "at": use.at, "answer": use.answer.value, "asking": use.asking,
         "why": use.why and use.why.value}
        for who, use in rows
    ]  # fmt: skip
    if values:
        tx.execute(_ADD, values)


def of_many(tx: Connection, workspace_id: str, members: Sequence[str], now: datetime) -> dict[str, Doing]:
    """Return what the question *Still doing it?* depends on, for these members of a workspace, in one statement.

    One row for each tip that waits, and one for all that are in use: more rows would take longer than the choice.
    """
    found = {member: Doing() for member in members}
    done: dict[str, list[tuple[str | datetime, str]]] = {}
    terms = {"w": workspace_id, "members": members, "since": now - ASK_UNTIL, "until": now - ASK_AFTER}
    for member_id, tip, at in tx.execute(_OF_MANY, terms):
        if at is None:
            found[member_id].in_use = tip.split()
        else:
            done.setdefault(member_id, []).append((at, tip))
    for member_id, those in done.items():
        found[member_id].waiting = [tip for _, tip in sorted(those)]
    return found
