"""What came of a tip, in the words of who did it: who else reads it, who reported it, and what admins decided."""

import secrets
from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, distinct, exists, func, null, or_, select, update

from bot.core.member import MemberKey
from bot.core.practice import Practised, Readers, Step
from bot.store.facts import STAYS_DONE
from bot.store.member_schema import member, practice
from bot.store.types import Conditions, rows_of, same_member

MAX_REPORTED = 10  # lines that an admin is told of


class Verdict(StrEnum):
    """What became of a line after it was shared. Without one, colleagues read it."""

    REPORTED = "reported"  # nobody reads it until an admin decides
    HIDDEN = "hidden"  # by an admin
    ALLOWED = "allowed"  # by an admin, after a report


_c = practice.c
_earlier = practice.alias("earlier")
_reader = member.alias("reader")
_AUTHOR = case((_c.readers == Readers.NAMED, _c.member_id), else_=null()).label("author")
_WITH_AUTHOR = practice.join(member, same_member(member, practice))
_IS_READ = or_(_c.judged.is_(None), _c.judged == Verdict.ALLOWED)


class SharedLine(NamedTuple):
    """What came of a tip, in a colleague's words. `author` is None unless they share it with their name."""

    line_id: str
    tip: str
    text: str
    author: str | None


def write(tx: Connection, who: MemberKey, done: Practised, line: str | None, readers: Readers | None) -> None:
    """Keep what came of a tip that a member did; None deletes it. `readers`: who else may read it.

    A new text is judged anew, under a new id: a report and a decision are about the text that was seen. But where an
    admin hid a line, nobody else reads what its author writes on this tip, even after *Undo*; and what was reported
    waits for an admin.
    """
    earlier = exists().where(*rows_of(_earlier, who), _earlier.c.tip == done.tip)
    was_hidden, was_reported = (earlier.where(_earlier.c.judged == each) for each in (Verdict.HIDDEN, Verdict.REPORTED))
    is_same, new_id = _c.line == line, secrets.token_hex(8)
    verdict = case((was_hidden, Verdict.HIDDEN), (was_reported, Verdict.REPORTED), (is_same, _c.judged), else_=null())
    line_id = case((is_same, func.coalesce(_c.line_id, new_id)), else_=new_id)
    this = update(practice).where(*rows_of(practice, who), _c.tip == done.tip, _c.at == done.at)
    tx.execute(this.values(line=line, readers=readers, line_id=line_id, judged=verdict))


def is_hidden(tx: Connection, who: MemberKey, tip: str) -> bool:
    hidden = select(_c.member_id).where(*rows_of(practice, who), _c.tip == tip, _c.judged == Verdict.HIDDEN)
    return tx.execute(hidden).first() is not None


def _shared(workspace_id: str) -> Conditions:
    is_shared = (_c.workspace_id == workspace_id, _c.readers.is_not(None), _c.line.is_not(None))
    return *is_shared, _c.step == Step.DONE, member.c.profile_at.is_not(None), STAYS_DONE


def _of_colleagues(who: MemberKey, tip: str) -> Conditions:
    return *_shared(who.workspace_id), _c.tip == tip, _c.member_id != who.member_id, _IS_READ


def count_sharing(tx: Connection, who: MemberKey, tip: str) -> tuple[int, int, int]:
    """Count the colleagues who share a line on a tip, those of them who do so with their name, and all colleagues."""
    colleague = (_reader.c.workspace_id == who.workspace_id, _reader.c.member_id != who.member_id)
    colleagues = select(func.count()).where(*colleague, _reader.c.profile_at.is_not(None)).scalar_subquery()
    counts = (func.count(distinct(_c.member_id)), func.count(distinct(_AUTHOR)), colleagues)
    counted = select(*counts).select_from(_WITH_AUTHOR).where(*_of_colleagues(who, tip))
    sharing, named, others = tx.execute(counted).one()
    return sharing, named, others


def newest(tx: Connection, who: MemberKey, tip: str, kinds: Collection[Readers], most: int) -> list[SharedLine]:
    """Return the newest lines of colleagues on a tip; none for a reader who may not be coached.

    `kinds`: those shared with the name, without it, or both.
    """
    may_read = exists().where(*rows_of(_reader, who), _reader.c.profile_at.is_not(None))
    return _lines(tx, most, *_of_colleagues(who, tip), _c.readers.in_(kinds), may_read)


def reported(tx: Connection, workspace_id: str) -> list[SharedLine]:
    """Return the newest lines that were reported, which nobody else reads until an admin decides."""
    return _lines(tx, MAX_REPORTED, *_shared(workspace_id), _c.judged == Verdict.REPORTED)


def _lines(tx: Connection, most: int, *where: ColumnElement[bool]) -> list[SharedLine]:
    newest_first = select(_c.line_id, _c.tip, _c.line, _AUTHOR).select_from(_WITH_AUTHOR).order_by(_c.at.desc())
    return [SharedLine(*row) for row in tx.execute(newest_first.where(*where).limit(most))]


def report(tx: Connection, workspace_id: str, line_id: str) -> tuple[bool, Verdict | None]:
    """Report a line. Return False if it was reported before or is gone; and what became of it, None if it is gone."""
    this = _is_this(workspace_id, line_id)
    unjudged = update(practice).where(*this, _c.judged.is_(None)).values(judged=Verdict.REPORTED)
    is_new, found = tx.execute(unjudged).rowcount > 0, tx.scalar(select(_c.judged).where(*this))
    return is_new, found and Verdict(found)


def author_of(tx: Connection, workspace_id: str, line_id: str) -> str | None:
    """Return who shares a line that colleagues may read now; None if nobody does."""
    return tx.execute(select(_c.member_id).where(*_is_this(workspace_id, line_id), _IS_READ)).scalar()


def decide(tx: Connection, workspace_id: str, line_id: str, verdict: Verdict) -> str | None:
    """Hide or allow a line, and return its tip; None if it was changed or taken back."""
    readers = {"readers": None} if verdict is Verdict.HIDDEN else {}
    decided = update(practice).where(*_is_this(workspace_id, line_id)).values(judged=verdict, **readers)
    row = tx.execute(decided.returning(_c.member_id, _c.tip)).first()
    if row is None:
        return None
    theirs = (_c.workspace_id == workspace_id, _c.member_id == row.member_id, _c.tip == row.tip)
    before_undo = update(practice).where(*theirs, _c.judged == Verdict.REPORTED)
    tx.execute(before_undo.values(judged=verdict))
    return str(row.tip)


def _is_this(workspace_id: str, line_id: str) -> Conditions:
    return _c.workspace_id == workspace_id, _c.line_id == line_id, _c.readers.is_not(None)
