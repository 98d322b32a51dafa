"""SQL about suggestions: what members would like the team to try. Each member has one at most."""

from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.challenges import Suggestion
from bot.core.member import MemberKey
from bot.store.member_schema import suggestion

_s = suggestion.c
_COLUMNS = (_s.suggestion_id, _s.member_id, _s.template, _s.words)


def save(tx: Connection, who: MemberKey, made: Suggestion, now: datetime) -> None:
    values = {"suggestion_id": made.suggestion_id, "template": made.template, "words": made.words, "made_at": now}
    new = insert(suggestion).values(**who._asdict(), **values)
    tx.execute(new.on_conflict_do_update(index_elements=[_s.workspace_id, _s.member_id], set_=values))


def newest(tx: Connection, workspace_id: str, most: int) -> list[Suggestion]:
    here = select(*_COLUMNS).where(_s.workspace_id == workspace_id)
    rows = tx.execute(here.order_by(_s.made_at.desc(), _s.suggestion_id).limit(most))
    return [Suggestion(*row) for row in rows]


def of_member(tx: Connection, who: MemberKey) -> list[Suggestion]:
    theirs = select(*_COLUMNS).where(_s.workspace_id == who.workspace_id, _s.member_id == who.member_id)
    return [Suggestion(*row) for row in tx.execute(theirs)]


def find(tx: Connection, workspace_id: str, suggestion_id: str) -> Suggestion | None:
    this = select(*_COLUMNS).where(_s.workspace_id == workspace_id, _s.suggestion_id == suggestion_id)
    row = tx.execute(this).first()
    return None if row is None else Suggestion(*row)


def remove(tx: Connection, workspace_id: str, suggestion_id: str) -> None:
    tx.execute(delete(suggestion).where(_s.workspace_id == workspace_id, _s.suggestion_id == suggestion_id))
