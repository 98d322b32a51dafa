"""What members were asked about their team in a quarter, and what they answered."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.pulse import Opinion, Question, quarter_of
from bot.store.member_schema import member, pulse

SETTLED = timedelta(weeks=4)  # after the bot met somebody
_p = pulse.c
_OF_QUARTER = and_(
    _p.workspace_id == member.c.workspace_id, _p.member_id == member.c.member_id, _p.quarter == bindparam("q")
)
_ASKED = (
    select(member.c.member_id, _p.question)
    .select_from(member.outerjoin(pulse, _OF_QUARTER))
    .where(
        member.c.workspace_id == bindparam("w"),
        member.c.member_id.in_(bindparam("members", expanding=True)),
        member.c.met_at <= bindparam("met_before"),
    )
)
_INSERT = insert(pulse)
_ASK = _INSERT.on_conflict_do_nothing()
_ANSWER = _INSERT.on_conflict_do_update(
    index_elements=[_p.workspace_id, _p.member_id, _p.quarter, _p.question],
    set_={"opinion": _INSERT.excluded.opinion, "answered_at": _INSERT.excluded.answered_at},
)


def asked(tx: Connection, workspace_id: str, members: Sequence[str], now: datetime) -> dict[str, set[str]]:
    """Return which questions these members were asked in this quarter, without those met less than four weeks ago."""
    values = {"w": workspace_id, "q": quarter_of(now), "members": list(members), "met_before": now - SETTLED}
    found: dict[str, set[str]] = {}
    for member_id, question in tx.execute(_ASKED, values):
        found.setdefault(member_id, set()).update({question} if question else ())
    return found


def ask(tx: Connection, rows: Iterable[tuple[MemberKey, Question]], now: datetime) -> None:
    values = [{**who._asdict(), "quarter": quarter_of(now), "question": each, "asked_at": now} for who, each in rows]
    if values:
        tx.execute(_ASK, values)


def answer(tx: Connection, who: MemberKey, question: Question, opinion: Opinion, now: datetime) -> None:
    """Store an answer in place of an earlier one of this quarter."""
    when = {"quarter": quarter_of(now), "asked_at": now, "answered_at": now}
    tx.execute(_ANSWER, {**who._asdict(), **when, "question": question, "opinion": opinion})
