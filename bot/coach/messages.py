"""What messages say and what follows from them, as the outbox asks (`bot.outbox.messages`)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import installing, schedules
from bot.coach.posts import POSTS
from bot.core.calendar import week_of
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.outbox import Budget, Delivery, DeliveryState
from bot.core.outcomes import Refused, Sent, Touches, Unknown
from bot.core.record import Record
from bot.outbox import deliveries, leases, sending
from bot.outbox.messages import Answer, Content, Later, Never
from bot.store import record as record_rows


@dataclass(frozen=True, slots=True)
class Messages:
    catalog: Catalog

    def wanted(self, tx: Connection, taken: Sequence[Delivery], now: datetime) -> Mapping[str, Answer]:
        """Consent, a pause, decent hours and the weekly budget hold for all kinds, as `KINDS` has them."""
        ids = [delivery.member_id for delivery in taken if delivery.member_id]
        records = record_rows.load(tx, taken[0].workspace_id, ids) if ids else {}
        answer_of: dict[str, Answer] = {}
        for delivery in taken:
            record = records[delivery.member.member_id] if delivery.rules.needs_consent else None
            paused_until = record.weekly.paused_until if record else None
            if record is not None and not record.gets_tips:
                answer_of[delivery.id] = Never("tips off")
            elif paused_until is not None and now < paused_until:
                answer_of[delivery.id] = Never("paused")
            else:
                answer_of[delivery.id] = POSTS[delivery.kind].wanted(tx, self.catalog, records, delivery, now)
        ending = {delivery.key for delivery in taken if isinstance(answer_of[delivery.id], Never)}
        for delivery in taken:
            if delivery.member_id is not None and not isinstance(answer_of[delivery.id], (Never, Later)):
                held_back = _held_back(tx, delivery, records[delivery.member_id], now, ending)
                answer_of[delivery.id] = held_back or answer_of[delivery.id]
                if isinstance(held_back, Never):
                    ending.add(delivery.key)
        return answer_of

    def still_wanted(self, tx: Connection, claimed: Sequence[tuple[Delivery, Content]]) -> Mapping[str, Answer]:
        answer_of: dict[str, Answer] = {}
        for family in dict.fromkeys(POSTS[delivery.kind] for delivery, _ in claimed):
            answer_of |= family.still_wanted(tx, [each for each in claimed if POSTS[each[0].kind] is family])
        return answer_of

    def sent(self, tx: Connection, sent: Sequence[tuple[Delivery, str]], now: datetime) -> None:
        for family in dict.fromkeys(POSTS[delivery.kind] for delivery, _ in sent):
            family.sent(tx, [each for each in sent if POSTS[each[0].kind] is family], now)

    def failed(self, tx: Connection, delivery: Delivery, outcome: Refused | Unknown, now: datetime) -> None:
        POSTS[delivery.kind].failed(tx, delivery, outcome, now)

    def refused(self, tx: Connection, delivery: Delivery, outcome: Refused, now: datetime) -> bool:
        if outcome.touches is Touches.WORKSPACE:  # Slack is asked about the token before anything else follows
            installing.doubt(tx, delivery.workspace_id, outcome.reason, now)
        elif outcome.touches is Touches.MEMBER and delivery.member_id is not None:
            schedules.leave(tx, delivery.member, outcome.reason, now)
        elif outcome.touches is Touches.CONTENT:
            return POSTS[delivery.kind].content_refused(tx, delivery, outcome.reason, now)
        return False


def arrived(tx: Connection, messages: Messages, who: MemberKey, delivery: Delivery, at: Sent, now: datetime) -> None:
    """Record that a doubtful message arrived, and what follows: this member pressed one of its buttons."""
    sending.lock_members(tx, [delivery])
    was_open = deliveries.arrived(tx, delivery.workspace_id, delivery.key, at, now)
    if was_open or not delivery.rules.brings_a_tip:  # else the tip was counted as given when it was left unconfirmed
        messages.sent(tx, [(delivery, at.ts)], now)
    record_rows.heard(tx, who)


def _held_back(
    tx: Connection, delivery: Delivery, record: Record, now: datetime, ending: Collection[str]
) -> Never | Later | None:
    """Return why a message to a member can't be sent now; None if it can. Those that are `ending` use no budget."""
    if delivery.rules.waits_for_decent_hours and (decent := record.hours.decent(now)) > now:
        return Later(decent - now)
    # Who was never asked has no schedule. What a lead among them gets is one message a month: the budget never ends.
    if record.schedule is None or delivery.rules.budget in {Budget.FREE, Budget.FIRST}:
        return None
    if (week := week_of(now, record.schedule.zone)) != delivery.week:
        leases.set_week(tx, delivery, week)
    used = deliveries.counted_this_week(tx, delivery.member, {delivery.key, *ending}, week)
    return None if record.has_budget(used, now, now) else Never("weekly budget used", DeliveryState.MISSED)
