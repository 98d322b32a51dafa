"""All that a member did with tips, was asked and showed, in one statement."""

from sqlalchemy import Connection, literal, select, union_all

from bot.core.member import MemberKey
from bot.core.practice import History
from bot.core.record import Showing
from bot.store import practice
from bot.store.member_schema import showing

_SHOWINGS = select(
    literal("showing"), showing.c.skill, showing.c.asked_at, showing.c.showing_id, practice.NO_TEXT, practice.NO_TEXT,
    showing.c.seen_at, practice.NO_FLAG, practice.NO_FLAG, practice.NO_NUMBER,
).where(*practice.of_member(showing))  # fmt: skip
_ALL = union_all(*practice.OF_HISTORY, _SHOWINGS)


def achievements(tx: Connection, who: MemberKey) -> tuple[History, tuple[Showing, ...]]:
    """Return all that a member did with tips and was asked, and what they showed, the oldest first."""
    rows = tx.execute(_ALL, who._asdict()).all()
    shown = [
        Showing(showing_id, who.member_id, skill, asked_at, seen_at)
        for what, skill, asked_at, showing_id, _, _, seen_at, *_ in rows
        if what == "showing"
    ]
    return practice.history_of(rows), tuple(sorted(shown, key=lambda each: each.asked_at))
