"""Who gets which nudge in the days to come: the same planner and the same choice as when it happens."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.coach.tips import learners
from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.nudges import Choice, Learner, choose_tip, plan_nudge
from bot.store import schedules
from bot.store.schedules import Come


@dataclass(frozen=True, slots=True)
class Coming:
    """One nudge to come."""

    at: datetime
    key: MemberKey
    zone: str | None
    choice: Choice


def forecast(tx: Connection, catalog: Catalog, now: datetime, until: datetime) -> list[Coming]:
    """Every nudge from now until then, in the order of their times, as if nobody did anything meanwhile."""
    coming: list[Coming] = []
    by_workspace: dict[str, list[Come]] = defaultdict(list)
    for one in schedules.on(tx, until):
        by_workspace[one.key.workspace_id].append(one)
    for workspace_id, those in by_workspace.items():
        found = learners(tx, catalog, workspace_id, [one.key.member_id for one in those])
        for one in those:
            coming += _of(catalog, one, found[one.key.member_id], now, until)
    return sorted(coming, key=lambda one: (one.at, one.key))


def _of(catalog: Catalog, one: Come, learner: Learner, now: datetime, until: datetime) -> list[Coming]:
    coming, due_at = [], one.due_at
    while (at := max(due_at, now)) <= until:
        plan = plan_nudge(due_at, one.slot, one.manners, one.zone, at)
        if plan.nudge:
            choice = choose_tip(catalog, learner)
            coming.append(Coming(plan.nudge.try_at, one.key, one.zone, choice))
            learner = _given(learner, choice)
        due_at = plan.next_due_at
    return coming


def _given(learner: Learner, choice: Choice) -> Learner:
    tip = choice.lesson.tip.id
    return replace(learner, given={**learner.given, tip: learner.given.get(tip, 0) + 1}, latest=tip)
