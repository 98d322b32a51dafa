"""Who showed a skill or a project in a channel."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from bot.core.learning import Showing
from bot.core.member import MemberKey
from bot.store.member_schema import showing
from bot.store.types import UtcDateTime, insert, rows_of

_s = showing.c
_SHOWING = (_s.showing_id, _s.member_id, _s.skill, _s.asked_at, _s.seen_at, _s.evidence)


def add_showing(tx: Connection, who: MemberKey, new: Showing, channel: str, day: str) -> Showing:
    """Store a showing. Return the one that the member made of this skill in this channel on this day, new or not."""
    place = {**who._asdict(), "skill": new.skill, "channel": channel, "day": day}
    values = {**place, "showing_id": new.showing_id, "asked_at": new.asked_at, "evidence": new.evidence}
    added = tx.execute(insert(showing).values(values).on_conflict_do_nothing().returning(*_SHOWING)).first()
    there = select(*_SHOWING).where(*(_s[name] == value for name, value in place.items()))
    return Showing(*(added or tx.execute(there).one()))


def find_showing(tx: Connection, workspace_id: str, showing_id: str) -> Showing | None:
    this = select(*_SHOWING).where(_s.workspace_id == workspace_id, _s.showing_id == showing_id)
    row = tx.execute(this).first()
    return None if row is None else Showing(*row)


def confirm_showing(tx: Connection, workspace_id: str, showing_id: str, now: datetime) -> Showing | None:
    """Mark a showing as confirmed and return it. Only the first time counts. Return None if it is gone."""
    this = update(showing).where(_s.workspace_id == workspace_id, _s.showing_id == showing_id)
    seen = this.values(seen_at=func.coalesce(_s.seen_at, bindparam(None, now, UtcDateTime)))
    row = tx.execute(seen.returning(*_SHOWING)).first()
    return None if row is None else Showing(*row)


def showings(tx: Connection, who: MemberKey) -> tuple[Showing, ...]:
    """Return the skills that a member showed, the oldest first."""
    theirs = select(*_SHOWING).where(*rows_of(showing, who)).order_by(_s.asked_at)
    return tuple(Showing(*row) for row in tx.execute(theirs))
