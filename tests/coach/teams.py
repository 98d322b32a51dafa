"""Insert members who did something into a database, as many as a test needs."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, insert

from bot.store.member_schema import member, practice, quiz, situation
from tests.coach.members import NOW


@dataclass(frozen=True)
class Somebody:
    """A member, and what they did at one moment. `met` is False for a guest, who is not counted."""

    done: Collection[str] = ()  # tips
    blocked: Collection[str] = ()  # tips, for lack of time
    lacks: Collection[str] = ()  # needs
    right: Collection[str] = ()  # skills
    wrong: Collection[str] = ()
    met: bool = True


def settle_in(
    tx: Connection, people: Collection[Somebody], workspace_id: str = "T1", first: int = 1, at: datetime = NOW
) -> None:
    rows = defaultdict[Table, list[dict[str, object]]](list)
    for number, person in enumerate(people, first):
        key: dict[str, object] = {"workspace_id": workspace_id, "member_id": f"U{number}"}
        rows[member].append({**key, "met_at": at, "profile_at": at if person.met else None})
        for tip in (*person.done, *person.blocked):
            step, blocker = ("done", None) if tip in person.done else ("blocked", "no-time")
            earlier = {**key, "tip": tip, "at": at - timedelta(days=2), "step": "undone", "blocker": None}
            rows[practice] += [earlier, {**earlier, "at": at, "step": step, "blocker": blocker}]
        rows[situation] += [{**key, "need": need, "has": False, "at": at} for need in person.lacks]
        for skill in (*person.right, *person.wrong):  # an answer of the week before, and one of this week
            check = {**key, "check_id": "c", "skill": skill, "due": True, "asked_at": at, "chosen": 0}
            right = skill in person.right
            for name, said, when in (("first", not right, at - timedelta(days=8)), ("last", right, at)):
                rows[quiz].append({**check, "asking": f"{name}:{skill}", "answered_at": when, "right": said})
    for table, values in rows.items():
        if values:
            tx.execute(insert(table), values)
