"""Members: store their role and zone, lock them, delete everything about them, and remember shortly who was forgotten.

A tombstone holds no id. For ten minutes, it keeps a replayed request from bringing a forgotten member back.
"""

import hmac
import secrets
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, bindparam, case, delete, func, or_, select, tuple_, union_all, update

from bot.core.member import AssistantToken, MemberKey
from bot.store import challenges
from bot.store.member_schema import ABOUT_A_MEMBER, NAMINGS, assistant_token, delivery, lead, member, schedule
from bot.store.schema import MENTIONS, tombstone, workspace
from bot.store.types import UtcDateTime, insert, of_members, rows_of, same_member, this_member, upsert
from bot.store.workspaces import is_reachable

DAY = timedelta(days=1)
MAX_LOOKED_AT = 10_000  # more than Slack is asked about before their tips come; see jobs/plan_nudges.py
_IS_MET = select(member.c.member_id).where(*this_member(member), member.c.profile_at.is_not(None))
_NAMED = union_all(*(select(each.c.workspace_id, each.c.member_id, each.c.asked_at) for each in NAMINGS)).subquery()


def is_met(tx: Connection, who: MemberKey) -> bool:
    return tx.execute(_IS_MET, {"w": who.workspace_id, "m": who.member_id}).first() is not None


def met_and_left(tx: Connection, who: MemberKey) -> tuple[datetime | None, datetime | None]:
    """Return when the bot met somebody, and when Slack first said that they may not be coached any more."""
    row = tx.execute(select(member.c.met_at, member.c.left_at).where(*rows_of(member, who))).first()
    return (None, None) if row is None else (row.met_at, row.left_at)


def met(tx: Connection, workspace_id: str) -> set[str]:
    here = (member.c.workspace_id == workspace_id, member.c.profile_at.is_not(None))
    return set(tx.scalars(select(member.c.member_id).where(*here)))


def meet(tx: Connection, who: MemberKey, zone: str | None, now: datetime) -> None:
    """Store a member, or note that they may be coached again. Calling it twice does no harm.

    Their zone becomes that of a workspace without one; a workspace that has one is not locked.
    """
    seen = {"zone": zone, "profile_at": now}
    tx.execute(upsert(member, {**who._asdict(), **seen, "met_at": now}, {**seen, "left_at": None}))
    if zone is not None:
        unsettled = update(workspace).where(workspace.c.workspace_id == who.workspace_id, workspace.c.zone.is_(None))
        tx.execute(unsettled.values(zone=zone))


def choose(tx: Connection, who: MemberKey, **chosen: str | bool) -> None:
    """Store what a member chose. Lock the member first."""
    tx.execute(update(member).where(*rows_of(member, who)).values(chosen))


def count_report(tx: Connection, who: MemberKey, now: datetime) -> int:
    """Count a report of a colleague's line. Return how many this member made in the day that began with the first."""
    anew = or_(member.c.reports_since.is_(None), member.c.reports_since <= now - DAY)
    reports = case((anew, 1), else_=member.c.reports + 1)
    since = case((anew, bindparam(None, now, UtcDateTime)), else_=member.c.reports_since)
    counted = update(member).where(*rows_of(member, who)).values(reports=reports, reports_since=since)
    return int(tx.execute(counted.returning(member.c.reports)).scalar_one())


def see_profile(tx: Connection, who: MemberKey, zone: str | None, now: datetime) -> None:
    """Store the zone (an IANA name) of a member who may be coached; of somebody who was named, that Slack was asked."""
    seen = {"zone": func.coalesce(zone, member.c.zone), "profile_at": now, "left_at": None}
    tx.execute(update(member).where(*rows_of(member, who)).values(seen))
    for table in NAMINGS:
        tx.execute(update(table).where(*rows_of(table, who)).values(asked_at=now))


def see_left(tx: Connection, who: MemberKey, now: datetime) -> None:
    """Note since when a member may not be coached. A later call does not change that moment."""
    left_at = func.coalesce(member.c.left_at, bindparam(None, now, UtcDateTime))
    tx.execute(update(member).where(*rows_of(member, who)).values(profile_at=None, left_at=left_at))


def stale(tx: Connection, soon: datetime, before: datetime, each: int, most: int) -> list[MemberKey]:
    """Return members whose next tip is due by `soon`, with a profile older than `before`; across all workspaces.

    `each` is the most of one workspace. Workspaces that a worker is asking about now are left out.
    """
    due_at = schedule.c.next_due_at
    due = (  # the first of them: most members may have been asked already, and a look at each of them would take long
        select(member.c.workspace_id, member.c.member_id, member.c.profile_at, due_at)
        .select_from(schedule.join(member, same_member(schedule, member)))
        .where(is_reachable(member.c.workspace_id), due_at <= soon)
        .order_by(due_at)
        .limit(MAX_LOOKED_AT)
        .subquery()
    )
    place = func.row_number().over(partition_by=due.c.workspace_id, order_by=due.c.next_due_at)
    is_old = or_(due.c.profile_at.is_(None), due.c.profile_at < before)
    old = select(due, place.label("place")).where(is_old).subquery()
    some = select(old.c.workspace_id, old.c.member_id).where(old.c.place <= each).order_by(old.c.next_due_at)
    return [MemberKey(*row) for row in tx.execute(some.limit(most))]


def stale_named(tx: Connection, before: datetime, most: int) -> list[MemberKey]:
    """Return leads and coach admins about whom Slack was not asked since `before`; across all workspaces."""
    is_old = or_(_NAMED.c.asked_at.is_(None), _NAMED.c.asked_at < before)
    old = select(_NAMED.c.workspace_id, _NAMED.c.member_id).where(is_old, is_reachable(_NAMED.c.workspace_id))
    return [MemberKey(*row) for row in tx.execute(old.order_by(_NAMED.c.asked_at).limit(most))]


def still_stale(tx: Connection, keys: Collection[MemberKey], before: datetime) -> set[MemberKey]:
    """Return those of these people whose profile is still older than `before`; across all workspaces."""
    found = set[MemberKey]()
    for who, asked_at in ((member.c, member.c.profile_at), (_NAMED.c, _NAMED.c.asked_at)):
        these = tuple_(who.workspace_id, who.member_id).in_([tuple(key) for key in keys])
        old = select(who.workspace_id, who.member_id).where(or_(asked_at.is_(None), asked_at < before), these)
        found.update(MemberKey(*row) for row in tx.execute(old))
    return found


def lock(tx: Connection, keys: Collection[MemberKey], *, waits: bool = True) -> set[MemberKey]:
    """Lock members before rows about them are written, and return those that are still known.

    Forgetting one of them then waits for this transaction. Take this lock before any other: a transaction that holds a
    row about a member and waits for the member deadlocks with the one that forgets them. One that holds other locks
    does not wait (`waits` False), and leaves out who is being forgotten.
    """
    # One order for all transactions prevents deadlocks.
    theirs = select(member.c.workspace_id, member.c.member_id).where(*of_members(member)).order_by(member.c.member_id)
    locked = theirs.with_for_update(read=True, key_share=True, skip_locked=not waits)
    known: set[MemberKey] = set()
    for workspace_id, members in groupby(sorted(keys), key=lambda who: who.workspace_id):
        ids = [who.member_id for who in members]
        known.update(MemberKey(*row) for row in tx.execute(locked, {"w": workspace_id, "members": ids}))
    return known


def forget(tx: Connection, workspace_id: str, ids: Collection[str]) -> Counter[str]:
    """Delete every row about these members, and return how many there were in each table.

    The audit keeps what they did as admins, without their name, and a challenge in which they took part goes on to
    count that. Their own rows are locked first and deleted last. The database would delete the other rows by cascade,
    but would not count them.
    """
    keys, gone = {"w": workspace_id, "members": list(ids)}, Counter[str]()
    theirs = select(member.c.member_id).where(*of_members(member)).order_by(member.c.member_id)
    tx.execute(theirs.with_for_update(), keys)  # waits for transactions that write rows about them
    challenges.count_on(tx, workspace_id, ids)
    for table in (*ABOUT_A_MEMBER[1:], member):
        if table is lead:  # a note that told them that they lead a team names them by their channel alone
            told = tx.scalars(select(lead.c.dm_channel).where(*of_members(lead)).with_for_update(), keys).all()
            here = delivery.c.workspace_id == workspace_id
            notes = delete(delivery).where(here, delivery.c.member_id.is_(None), delivery.c.channel.in_(told))
            gone["delivery"] += tx.execute(notes).rowcount
        gone[table.name] += tx.execute(delete(table).where(*of_members(table)), keys).rowcount
    for column in MENTIONS:
        naming = update(column.table).where(column.table.c.workspace_id == workspace_id, column.in_(ids))
        tx.execute(naming.values({column: None}))
    return +gone


def bury(tx: Connection, who: MemberKey, asked_at: datetime, until: datetime) -> None:
    """Remember until then, by a keyed hash, that this member asked at that moment to be forgotten."""
    key = secrets.token_hex(16)
    values = {"workspace_id": who.workspace_id, "digest": _digest(key, who), "key": key}
    tx.execute(insert(tombstone).values(**values, asked_at=asked_at, until=until))


def is_buried(tx: Connection, who: MemberKey, asked_at: datetime, now: datetime) -> bool:
    """Return whether this member had themselves forgotten after that moment."""
    c = tombstone.c
    later = (c.workspace_id == who.workspace_id, c.asked_at > asked_at, c.until > now)
    rows = tx.execute(select(c.digest, c.key).where(*later))
    return any(hmac.compare_digest(row.digest, _digest(row.key, who)) for row in rows)


def _digest(key: str, who: MemberKey) -> str:
    return hmac.digest(key.encode(), "/".join(who).encode(), "sha256").hex()


# The tokens of their assistants. Of each, only a hash is stored.

_t = assistant_token.c


def add_token(tx: Connection, who: MemberKey, token: AssistantToken) -> None:
    tx.execute(insert(assistant_token).values(**who._asdict(), **token._asdict()))


def tokens_of(tx: Connection, who: MemberKey, now: datetime) -> list[AssistantToken]:
    """Return the tokens of a member that work, the earliest first. Those of one who left do not."""
    theirs = (*rows_of(assistant_token, who), _t.until > now, member.c.left_at.is_(None))
    joined = assistant_token.join(member, same_member(assistant_token, member))
    tokens = select(_t.label, _t.made_at, _t.until, _t.digest).select_from(joined).where(*theirs).order_by(_t.made_at)
    return [AssistantToken(*row) for row in tx.execute(tokens)]


def remove_token(tx: Connection, who: MemberKey, label: str) -> None:
    tx.execute(delete(assistant_token).where(*rows_of(assistant_token, who), _t.label == label))
