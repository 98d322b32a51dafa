"""The tokens of members' assistants. Of each, only a hash is stored."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.core.member import AssistantToken, MemberKey
from bot.store.member_schema import assistant_token, member
from bot.store.types import insert, rows_of, same_member

_t = assistant_token.c


def add(tx: Connection, who: MemberKey, token: AssistantToken, digest: str) -> None:
    tx.execute(insert(assistant_token).values(**who._asdict(), **token._asdict(), digest=digest))


def of(tx: Connection, who: MemberKey, now: datetime) -> list[AssistantToken]:
    """Return the tokens of a member that work, the earliest first."""
    theirs = (*rows_of(assistant_token, who), _t.until > now)
    rows = tx.execute(select(_t.label, _t.made_at, _t.until).where(*theirs).order_by(_t.made_at))
    return [AssistantToken(*row) for row in rows]


def remove(tx: Connection, who: MemberKey, label: str) -> None:
    tx.execute(delete(assistant_token).where(*rows_of(assistant_token, who), _t.label == label))


def digest_of(tx: Connection, who: MemberKey, label: str, now: datetime) -> str | None:
    """Return the hash of a token that works; None for one whose member left."""
    theirs = (*rows_of(assistant_token, who), _t.label == label, _t.until > now, member.c.left_at.is_(None))
    joined = assistant_token.join(member, same_member(assistant_token, member))
    return tx.scalars(select(_t.digest).select_from(joined).where(*theirs)).first()
