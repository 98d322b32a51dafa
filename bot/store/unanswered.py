"""Questions that nothing answered and whose words members gave to the authors, without who asked."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select

from bot.core.questions import Unanswered
from bot.store.schema import unanswered

_c = unanswered.c
_ADD = insert(unanswered)
_COUNT = select(func.count()).where(_c.workspace_id == bindparam("w"))
_MOST_ASKED = (
    select(_c.question, func.count().label("times"))
    .where(_c.workspace_id == bindparam("w"))
    .group_by(_c.question)
    .order_by(func.count().desc(), func.max(_c.at).desc(), _c.question)
    .limit(bindparam("most"))
)


def add(tx: Connection, workspace_id: str, question: str, now: datetime) -> None:
    """Add a question. The same words may be there already; they count again."""
    tx.execute(_ADD, {"workspace_id": workspace_id, "id": secrets.token_hex(12), "question": question, "at": now})


def count(tx: Connection, workspace_id: str) -> int:
    """Return how many questions of a workspace are kept."""
    return tx.execute(_COUNT, {"w": workspace_id}).scalar_one()


def most_asked(tx: Connection, workspace_id: str, most: int) -> tuple[Unanswered, ...]:
    """Return the questions that were given most often, then the latest."""
    rows = tx.execute(_MOST_ASKED, {"w": workspace_id, "most": most})
    return tuple(Unanswered(row.question, row.times) for row in rows)
