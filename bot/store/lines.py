"""What came of tips, as far as members let colleagues read it: newest lines, reports, and what admins decide."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, case, exists, null, or_, select, update

from bot.core.member import MemberKey
from bot.core.practice import Readers, Step
from bot.store.member_schema import member, practice

REPORTED, HIDDEN, ALLOWED = "reported", "hidden", "allowed"

_p = practice.c
_later, _reader = practice.alias("later"), member.alias("reader")
_IS_DONE = ~exists().where(
    *(_later.c[name] == practice.c[name] for name in ("workspace_id", "member_id", "tip")),
    _later.c.at > _p.at,
    _later.c.step != Step.DONE.value,
)
_AUTHOR = case((_p.readers == Readers.NAMED.value, _p.member_id), else_=null()).label("author")
_SHARED = (
    select(_p.line_id, _p.tip, _p.line, _AUTHOR)
    .select_from(
        practice.join(member, and_(member.c.workspace_id == _p.workspace_id, member.c.member_id == _p.member_id))
    )
    .where(_p.workspace_id == bindparam("w"), _p.readers.is_not(None), _p.line.is_not(None))
    .where(_p.step == Step.DONE.value, member.c.profile_at.is_not(None), _IS_DONE)
    .order_by(_p.at.desc())
    .limit(bindparam("most"))
)
_NEWEST = _SHARED.where(
    _p.tip == bindparam("its_tip"),
    _p.member_id != bindparam("m"),
    or_(_p.judged.is_(None), _p.judged == ALLOWED),
    exists().where(
        _reader.c.workspace_id == bindparam("w"),
        _reader.c.member_id == bindparam("m"),
        _reader.c.profile_at.is_not(None),
    ),
)
_REPORTED = _SHARED.where(_p.judged == REPORTED)
_THIS = (_p.workspace_id == bindparam("w"), _p.line_id == bindparam("its_id"), _p.readers.is_not(None))
_REPORT = update(practice).where(*_THIS, _p.judged.is_(None)).values(judged=REPORTED)
_DECIDE = update(practice).where(*_THIS).values(judged=bindparam("decision")).returning(_p.tip)


class SharedLine(NamedTuple):
    """What came of a tip, in a colleague's words. `author` is None unless they share it with their name."""

    line_id: str
    tip: str
    text: str
    author: str | None


def newest(tx: Connection, who: MemberKey, tip: str, most: int) -> list[SharedLine]:
    """Return the newest lines of colleagues on a tip; none for a reader who may not be coached."""
    return _lines(tx, _NEWEST, {"w": who.workspace_id, "m": who.member_id, "its_tip": tip, "most": most})


def reported(tx: Connection, workspace_id: str, most: int) -> list[SharedLine]:
    """Return the lines that were reported, which nobody else reads until an admin decides."""
    return _lines(tx, _REPORTED, {"w": workspace_id, "most": most})


def report(tx: Connection, workspace_id: str, line_id: str) -> None:
    """Report a line, unless an admin decided about it before."""
    tx.execute(_REPORT, {"w": workspace_id, "its_id": line_id})


def decide(tx: Connection, workspace_id: str, line_id: str, decision: str) -> str | None:
    """Hide or allow a line, and return its tip; None if it was taken back."""
    return tx.execute(_DECIDE, {"w": workspace_id, "its_id": line_id, "decision": decision}).scalar()


def _lines(tx: Connection, wanted: Any, values: dict[str, object]) -> list[SharedLine]:  # noqa: ANN401 - a statement
    return [SharedLine(*row) for row in tx.execute(wanted, values)]
