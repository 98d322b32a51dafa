"""Coach admins, in addition to those of Slack, and the audit: what admins did, and when.

Acts are never changed, except that people are removed who are forgotten, or who were named and never used the bot.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, literal, not_, or_, select, update

from bot.core.member import Acted, AdminAct, FirstDay, MemberKey
from bot.store.member_schema import NAMINGS, coach_admin, member
from bot.store.schema import audit, team, workspace
from bot.store.types import insert, rows_of

_c, _a = coach_admin.c, audit.c
_KNOWN = (member.c, *(table.c for table in NAMINGS))


def is_named(tx: Connection, who: MemberKey) -> bool:
    return tx.execute(select(_c.member_id).where(*rows_of(coach_admin, who))).first() is not None


def named(tx: Connection, workspace_id: str) -> Sequence[str]:
    """Return the ids of all coach admins, the earliest named first."""
    return tx.scalars(select(_c.member_id).where(_c.workspace_id == workspace_id).order_by(_c.added_at)).all()


def add(tx: Connection, who: MemberKey, by: MemberKey, now: datetime) -> bool:
    """Make somebody a coach admin. Return False if they already were."""
    new = insert(coach_admin).values(**who._asdict(), added_by=by.member_id, added_at=now, asked_at=now)
    return tx.execute(new.on_conflict_do_nothing().returning(_c.member_id)).first() is not None


def remove(tx: Connection, who: MemberKey) -> bool:
    return tx.execute(delete(coach_admin).where(*rows_of(coach_admin, who))).rowcount > 0


def clear_unknown(tx: Connection, workspace_id: str, ids: Collection[str]) -> None:
    """Remove those of these people from the audit who are no members, and are named no more."""
    known = (exists().where(its.workspace_id == workspace_id, its.member_id == _a.on_member) for its in _KNOWN)
    theirs = update(audit).where(_a.workspace_id == workspace_id, _a.on_member.in_(ids), not_(or_(*known)))
    tx.execute(theirs.values(on_member=None))


def record(tx: Connection, workspace_id: str, act: AdminAct, now: datetime, **about: str | None) -> None:
    """Record what an admin did, or what Slack decided about a member or a post, in the same transaction.

    `about`: the `admin_id`, whom it was done to (`on_member`), and its `subject`.
    """
    key = {"workspace_id": workspace_id, "id": secrets.token_hex(12)}
    tx.execute(insert(audit).values(**key, at=now, act=act, **about))


def who_did(tx: Connection, workspace_id: str, act: AdminAct, subject: str) -> str | None:
    """Return the id of the admin who did that; None if nobody did, or if they were forgotten."""
    this = (_a.workspace_id == workspace_id, _a.act == act, _a.subject == subject)
    return tx.scalars(select(_a.admin_id).where(*this)).first()


def acts(tx: Connection, workspace_id: str, after: str, most: int | None) -> list[tuple[str, Acted]]:
    """Return the acts older than that with the id `after`, or the latest ones, with their ids. The latest come first.

    If the act `after` is gone, so are all older ones, and none is found.
    """
    here = select(_a.id, _a.act, _a.at, _a.admin_id, _a.on_member, _a.subject).where(_a.workspace_id == workspace_id)
    if after:
        cursor = select(_a.at).where(_a.workspace_id == workspace_id, _a.id == after).scalar_subquery()
        here = here.where(or_(_a.at < cursor, and_(_a.at == cursor, _a.id < after)))
    rows = tx.execute(here.order_by(_a.at.desc(), _a.id.desc()).limit(most))
    return [(act_id, Acted(AdminAct(act), *about)) for act_id, act, *about in rows]


def first_day(tx: Connection, workspace_id: str, since: datetime, *, tools: bool) -> FirstDay | None:
    """Return what is done of the first day; None where the bot is for longer, or an admin wants no more of it."""
    refused = audit.alias()
    did = _a.workspace_id == workspace_id
    is_refused = exists().where(
        refused.c.workspace_id == workspace_id,
        refused.c.subject == _a.subject,
        refused.c.act == AdminAct.INTRODUCTION_REFUSED,
    )
    new = select(
        exists().where(did, _a.act == AdminAct.INTRODUCED, not_(is_refused)),
        exists().where(team.c.workspace_id == workspace_id),
        workspace.c.quiet_from.is_not(None),
        literal(tools),
    ).where(
        workspace.c.workspace_id == workspace_id,
        workspace.c.met_at > since,
        not_(exists().where(did, _a.act == AdminAct.FIRST_DAY_DONE)),
    )
    row = tx.execute(new).first()
    return None if row is None else FirstDay(*map(bool, row))
