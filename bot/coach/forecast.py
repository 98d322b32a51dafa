"""What comes next: the messages of the next days, as the jobs plan and choose them."""

from collections import defaultdict
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection

from bot.coach import teams
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.next_tip import Choice, Message, after_sending, choice_of, message_of, next_message
from bot.core.outbox import Kind, Known, TipSubject
from bot.core.record import Record
from bot.core.rhythm import plan_nudge
from bot.outbox import deliveries
from bot.store import record as record_rows, schedules


class Coming(NamedTuple):
    """A message that a member will get. `brings`: a tip, or projects to choose from."""

    at: datetime
    key: MemberKey
    zone: str | None
    kind: Kind
    brings: Message | None
    asks_rhythm: bool = False  # the member pressed nothing since two tips, so it asks how to go on


def forecast(tx: Connection, catalog: Catalog, now: datetime, until: datetime) -> list[Coming]:
    """Return all messages from `now` until `until`, the earliest first, if nobody does anything in that time."""
    coming = [Coming(at, who, zone, Kind.LEAD, None) for at, who, zone in teams.coming(tx, now, until)]
    waiting: dict[MemberKey, list[Known]] = defaultdict(list)
    for message in deliveries.waiting(tx, now):
        waiting[message.delivery.member].append(message)
    due = {member.key: member.due_at for member in schedules.due_by(tx, until)}
    for workspace_id, members in groupby(sorted({*waiting, *due}), key=lambda who: who.workspace_id):
        for record in record_rows.load(tx, workspace_id, [who.member_id for who in members]).values():
            who = record.member.key
            gets, planned = record.gets_tips, waiting[who]
            may_come = [message for message in planned if gets or not message.delivery.rules.needs_consent]
            coming += _of(catalog, record, may_come, due.get(who) if gets else None, now, until)
    return sorted((item for item in coming if item.at <= until), key=lambda item: (item.at, item.key))


def _of(
    catalog: Catalog, record: Record, planned: list[Known], due_at: datetime | None, now: datetime, until: datetime
) -> list[Coming]:
    coming, who, hours = [], record.member.key, record.hours
    for waiting in planned:
        at, kind = max(waiting.try_at, now), waiting.delivery.kind
        if waiting.delivery.rules.waits_for_decent_hours:
            at = hours.decent(at)
        if at >= waiting.delivery.window_ends_at:
            continue
        if kind is Kind.NUDGE:
            about = waiting.delivery.subject
            message = message_of(catalog, record, about if isinstance(about, TipSubject) else None, at)
            asks = isinstance(message, Choice) and record.rhythm.asks
            coming.append(Coming(at, who, hours.zone, kind, message, asks))
            record = after_sending(record, message, waiting.delivery.due_at)
            continue
        tip = waiting.delivery.tip or ""
        lesson = catalog.lessons.get(tip)
        if kind is Kind.REMINDER and lesson is None and tip not in catalog.retired:
            continue  # the tip is gone, so its reminder will be cancelled
        coming.append(Coming(at, who, hours.zone, kind, choice_of(catalog, lesson) if lesson else None))
    if due_at is None:
        return coming
    while (at := max(due_at, now)) <= until:
        plan = plan_nudge(due_at, hours, at)
        nudge, due_at = plan.nudge, plan.next_due_at
        can_come = nudge is not None and nudge.try_at < nudge.window_ends_at  # its week still has a decent hour
        if nudge and can_come and record.rhythm.is_due(nudge.due_at, hours.zone):
            message = next_message(catalog, record, at)
            asks = isinstance(message, Choice) and record.rhythm.asks
            coming.append(Coming(nudge.try_at, who, hours.zone, Kind.NUDGE, message, asks))
            record = after_sending(record, message, nudge.due_at)
    return coming
