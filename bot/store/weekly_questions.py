"""What weekly messages ask: whether a tip is still done, a log that only grows."""

from collections.abc import Iterable

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.weekly_questions import Use
from bot.store.member_schema import still

_ADD = insert(still).on_conflict_do_nothing()  # two answers in one microsecond are one


def add(tx: Connection, rows: Iterable[tuple[MemberKey, Use]]) -> None:
    values = [
        {**who._asdict(), "tip": use.tip, "at": use.at, "answer": use.answer.value, "asking": use.asking,
         "why": use.why and use.why.value}
        for who, use in rows
    ]  # fmt: skip
    if values:
        tx.execute(_ADD, values)
