"""Give a second tip beside the tip of the week."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.coach.tips import learners
from bot.core.catalog import Catalog
from bot.core.errors import NextStep, UserError
from bot.core.member import MemberKey
from bot.core.nudges import Choice, choose_tip
from bot.core.outbox import Delivery, DeliveryState, Kind, NewDelivery, another_key
from bot.core.subjects import TipSubject
from bot.outbox import deliveries
from bot.store import members, tips

A_TIP = NextStep("A tip now", "tip")


@dataclass(frozen=True, slots=True)
class Another:
    """The second tip of a week. `new` is False if it was given before."""

    choice: Choice
    new: bool


def another(tx: Connection, catalog: Catalog, who: MemberKey, key: str, now: datetime) -> Another:
    """Give a second tip in addition to the week's nudge. A second call returns the same tip. Raise NotMet."""
    members.lock_known(tx, who)
    nudge = _own(tx, who, key)
    learner = learners(tx, catalog, who.workspace_id, [who.member_id])[who.member_id]
    if nudge.tip:  # its button was pressed, so it arrived, even if Slack's answer was lost
        learner = replace(learner, given={nudge.tip: 1, **learner.given})
    before = deliveries.find(tx, who.workspace_id, another_key(who, _week(nudge)))
    lesson = catalog.lessons.get(before.tip) if before and before.tip else None
    choice = choose_tip(catalog, learner, only=lesson)
    if lesson is None:
        deliveries.put(tx, [_another(nudge, choice.lesson.tip.id, now)])
        tips.give(tx, [(who, choice.lesson.tip.id)], now)
    return Another(choice, new=lesson is None)


def _own(tx: Connection, who: MemberKey, key: str) -> Delivery:
    nudge = deliveries.find(tx, who.workspace_id, key)
    if nudge is None or nudge.member_id != who.member_id or nudge.kind is not Kind.NUDGE:
        raise UserError("That button belongs to a tip that is not yours, or is gone.", A_TIP)
    return nudge


def _week(nudge: Delivery) -> str:
    assert nudge.week is not None  # noqa: S101 - each tip of the week has one
    return nudge.week


def _another(nudge: Delivery, tip: str, now: datetime) -> NewDelivery:
    return NewDelivery(
        workspace_id=nudge.workspace_id,
        key=another_key(nudge.member, _week(nudge)),
        kind=Kind.ANOTHER,
        member_id=nudge.member_id,
        channel=nudge.channel,
        week=nudge.week,
        subject=TipSubject(tip),
        due_at=now,
        until=now,
        state=DeliveryState.SENT,
    )
