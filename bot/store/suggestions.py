"""SQL about suggestions: what members would like the team to try. Each member has one at most."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.challenges import Suggestion
from bot.core.member import MemberKey
from bot.store.member_schema import suggestion

_INSERT = insert(suggestion)
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=[suggestion.c.workspace_id, suggestion.c.member_id],
    set_={name: _INSERT.excluded[name] for name in ("suggestion_id", "template", "words", "made_at")},
)


def save(tx: Connection, who: MemberKey, made: Suggestion, now: datetime) -> None:
    values = {"suggestion_id": made.suggestion_id, "template": made.template, "words": made.words, "made_at": now}
    tx.execute(_SAVE, {**who._asdict(), **values})


_COLUMNS = (suggestion.c.suggestion_id, suggestion.c.member_id, suggestion.c.template, suggestion.c.words)
_NEWEST = (
    select(*_COLUMNS)
    .where(suggestion.c.workspace_id == bindparam("w"))
    .order_by(suggestion.c.made_at.desc(), suggestion.c.suggestion_id)
    .limit(bindparam("most"))
)
_OF_MEMBER = select(*_COLUMNS).where(
    suggestion.c.workspace_id == bindparam("w"), suggestion.c.member_id == bindparam("m")
)
_FIND = select(*_COLUMNS).where(
    suggestion.c.workspace_id == bindparam("w"), suggestion.c.suggestion_id == bindparam("s")
)


def newest(tx: Connection, workspace_id: str, most: int) -> list[Suggestion]:
    return [Suggestion(*row) for row in tx.execute(_NEWEST, {"w": workspace_id, "most": most})]


def of_member(tx: Connection, who: MemberKey) -> list[Suggestion]:
    return [Suggestion(*row) for row in tx.execute(_OF_MEMBER, {"w": who.workspace_id, "m": who.member_id})]


def find(tx: Connection, workspace_id: str, suggestion_id: str) -> Suggestion | None:
    row = tx.execute(_FIND, {"w": workspace_id, "s": suggestion_id}).first()
    return None if row is None else Suggestion(*row)


_REMOVE = delete(suggestion).where(
    suggestion.c.workspace_id == bindparam("w"), suggestion.c.suggestion_id == bindparam("s")
)


def remove(tx: Connection, workspace_id: str, suggestion_id: str) -> None:
    tx.execute(_REMOVE, {"w": workspace_id, "s": suggestion_id})
