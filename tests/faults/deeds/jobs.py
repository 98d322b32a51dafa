"""Deeds of the jobs, mostly for all workspaces at once: plan, claim, post, settle, end and sweep."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.coach import (
    challenges,
    forecast,
    live,
    membership,
    retention,
    schedules,
    sending,
    settling,
    team,
    upcoming,
)
from bot.coach.live import Outdated
from bot.coach.retention import Retention
from bot.coach.sending import Claimed, Pace
from bot.core.calendar import week_of
from bot.core.outbox import Delivery, DeliveryState, Kind
from bot.core.outcomes import CannotLook, Finding, NotFound, Sent
from bot.slack.challenge import card
from bot.store import tombstones, workspaces
from bot.store.member_schema import delivery, member
from tests.faults.deeds.deed import Deed, Some
from tests.faults.deeds.letters import letter
from tests.faults.neighbours import AGES, DM_IN_ALL, Turn, a_delivery

# Nobody waits for the database's clock while a run lasts, and nothing is left out because there is too much of it.
RULES = Pace(per_minute=6_000_000, lease=AGES, settling=AGES)
MOST = 10_000
DAY = timedelta(days=1)
KEEP = Retention(departed=DAY, deliveries=3 * DAY, audit=3 * DAY)  # as a run lasts for a few weeks


def _now(_tx: Connection, on: Turn) -> Some:
    return (on.now,)


def _claim(_tx: Connection, on: Turn) -> Some:
    on.hand.token = f"claim-{on.number}"
    return on.catalog, RULES, on.hand.token, on.now


def _letters(_tx: Connection, on: Turn, found: list[Claimed]) -> list[Any]:
    """Return the claimed deliveries, each with its message."""
    on.hand.claimed, on.hand.begun = found, set()
    return [(claim, letter(on, claim)) for claim in found]


def _begin(_tx: Connection, on: Turn) -> Some:
    return on.hand.token, on.hand.claimed, on.now, lambda claim: claim


def _begun(_tx: Connection, on: Turn, found: dict[str, Claimed]) -> list[str]:
    on.hand.begun |= found.keys()
    return sorted(found)


def _finish(_tx: Connection, on: Turn) -> Some:
    begun = [claim for claim in on.hand.claimed if claim.delivery.id in on.hand.begun]
    on.hand.claimed, on.hand.begun = [], set()
    return on.hand.token, [(claim, on.fate(claim.delivery)) for claim in begun], on.now


def _unsettled(_tx: Connection, on: Turn) -> Some:
    on.hand.settling = f"settle-{on.number}"
    return RULES, on.hand.settling, MOST


def _doubtful(_tx: Connection, on: Turn, found: list[Delivery]) -> list[Delivery]:
    on.hand.doubtful = found
    return found


def _settle(_tx: Connection, on: Turn) -> Some:
    doubtful = on.one_of(sorted((each for each in on.hand.doubtful if _is_here(each, on)), key=lambda each: each.key))
    on.hand.doubtful.remove(doubtful)
    word = on.here.word
    findings: tuple[Finding, ...] = (
        Sent(doubtful.channel or DM_IN_ALL, f"{word}.{on.number}"),
        NotFound(),
        CannotLook(word),
    )
    return on.hand.settling, doubtful, on.one_of(findings), on.now


def _take_turns(_tx: Connection, on: Turn) -> Some:
    return on.here.members, on.now, AGES


def _turns(_tx: Connection, on: Turn, found: list[membership.Turn]) -> None:
    on.hand.turns += found


def _end_turn(_tx: Connection, on: Turn) -> Some:
    mine = on.one_of([each for each in on.hand.turns if each.workspace_id == on.workspace_id])
    on.hand.turns.remove(mine)
    return mine, on.one_of((0.0, 2 * AGES))


def _held(_tx: Connection, on: Turn) -> Some:
    return on.workspace_id, timedelta(seconds=AGES)


def _dm(tx: Connection, on: Turn) -> Some:
    found = a_delivery(tx, on, delivery.c.member_id.is_not(None))
    return found, on.one_of((DM_IN_ALL, f"D0{on.here.word}"))


def _is_here(candidate: Delivery, on: Turn) -> bool:
    return candidate.workspace_id == on.workspace_id


def _old(_tx: Connection, on: Turn) -> Some:
    return KEEP, on.now, MOST


def _after(_tx: Connection, on: Turn) -> Some:
    """Draw a moment; now and then only some members count, whose ids are in all workspaces."""
    return on.now, None if on.likely(0.5) else [who.member_id for who in on.here.members[:2]]


def _counted(_tx: Connection, _on: Turn, found: list[tuple[Kind, DeliveryState, int]]) -> list[str]:
    return [f"{kind} {state}" for kind, state, count in found for _ in range(count)]


def _counts(tx: Connection, on: Turn) -> Some:
    return on.catalog, on.workspace_id, week_of(on.now, None), team.count(tx, on.workspace_id, on.now), on.now


def _states(_tx: Connection, _on: Turn, found: dict[DeliveryState, int]) -> list[str]:
    return [state for state, count in found.items() for _ in range(count)]


def _live(_tx: Connection, _on: Turn, found: list[Outdated]) -> list[Any]:
    return [(outdated, card.live(outdated.challenge, outdated.standing)) for outdated in found]


def _with_members(tx: Connection, _on: Turn, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those with members: `connect_alone` connects its workspace in the databases of the others too."""
    known = set(tx.scalars(select(member.c.workspace_id)))
    return [(workspace_id, week) for workspace_id, week in found if workspace_id in known]


DEEDS = (
    Deed(schedules.plan_due, lambda _, on: (on.now, MOST), often=10, across=True, leads_to=sending.claim),
    Deed(sending.claim, _claim, then=_letters, often=10, across=True, leads_to=sending.begin),
    Deed(sending.begin, _begin, then=_begun, often=3, across=True, leads_to=sending.finish),
    Deed(sending.finish, _finish, often=3, across=True),
    Deed(sending.release, lambda _, on: (on.hand.token,), often=0.5, across=True),
    Deed(settling.expire, lambda _, on: (RULES, on.now, MOST), often=2, across=True),
    Deed(settling.unsettled, _unsettled, then=_doubtful, often=4, across=True, leads_to=settling.settle),
    Deed(settling.settle, _settle, often=2, leads_to=settling.settle),
    Deed(sending.undelivered, lambda *_: (), across=True),
    Deed(sending.counts, lambda *_: (), then=_counted, across=True),
    Deed(sending.failing, _now, then=_states, across=True),
    Deed(sending.know_dm, _dm, often=2),
    Deed(challenges.close_due, _now, often=2, across=True),
    Deed(challenges.call_last, _now, often=2, across=True),
    Deed(challenges.sweep, lambda _, on: (on.now - DAY,), across=True),
    Deed(forecast.forecast, lambda _, on: (on.catalog, on.now, on.now + 14 * DAY), across=True),
    Deed(live.outdated, _now, then=_live, often=2, across=True),
    Deed(team.without_figures, _now, then=_with_members, across=True, leads_to=team.take_figures),
    Deed(team.count, lambda _, on: (on.workspace_id, on.now)),
    Deed(team.keep_figures, _counts),
    Deed(team.take_figures, lambda _, on: (on.catalog, on.workspace_id, week_of(on.now, None), on.now)),
    Deed(membership.stale, lambda _, on: (on.now + DAY, on.now, MOST, MOST), across=True),
    Deed(membership.take_turns, _take_turns, then=_turns, leads_to=membership.end_turn),
    Deed(membership.end_turn, _end_turn),
    Deed(membership.hold, _held, often=0.5, leads_to=sending.begin),
    Deed(membership.connect_alone, lambda _, on: (on.workspace_id, on.now), often=0.3, across=True),
    Deed(workspaces.forget_events, lambda _, on: (on.now - DAY,), often=0.5, across=True),
    Deed(retention.sweep_members, _old, often=0.5, across=True),
    Deed(retention.sweep_workspaces, lambda _, on: (KEEP, on.now), often=0.3, across=True, in_batches=True),
    Deed(retention.sweep_deliveries, _old, often=0.5, across=True),
    Deed(retention.sweep_audit, _old, often=0.5, across=True),
    Deed(retention.sweep_questions, _old, often=0.5, across=True),
    Deed(retention.erase_workspace, lambda _, on: (on.workspace_id,), often=0.1, in_batches=True),
    Deed(upcoming.next_due, _after, across=True),
    Deed(tombstones.sweep, _now, often=0.5, across=True),
)
