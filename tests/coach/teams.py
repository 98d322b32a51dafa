"""Insert teams of any size into a database."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert

from bot.core.member import Consent
from bot.store.tables import member, schedule, skill_mark, tip_given
from tests.coach.members import NOW


@dataclass(frozen=True)
class Somebody:
    """A member as a team's figures count them. `met` is False for a guest, who is not counted."""

    role: str | None = None
    weekly: bool = False
    learned: Collection[str] = ()
    unlearned: Collection[str] = ()
    useful: Collection[str] = ()
    not_useful: Collection[str] = ()
    met: bool = True


@dataclass
class Rows:
    """The rows to insert, by table."""

    members: list[dict[str, object]] = field(default_factory=list)
    schedules: list[dict[str, object]] = field(default_factory=list)
    marks: list[dict[str, object]] = field(default_factory=list)
    verdicts: list[dict[str, object]] = field(default_factory=list)


def settle_in(
    tx: Connection, people: Collection[Somebody], workspace_id: str = "T1", first: int = 1, at: datetime = NOW
) -> None:
    """Insert the members U1, U2, … of a workspace, from number `first` on."""
    rows = Rows()
    for number, person in enumerate(people, first):
        _add(rows, {"workspace_id": workspace_id, "member_id": f"U{number}"}, person, at)
    for table, values in (
        (member, rows.members),
        (schedule, rows.schedules),
        (skill_mark, rows.marks),
        (tip_given, rows.verdicts),
    ):
        if values:
            tx.execute(insert(table), values)


def _add(rows: Rows, key: dict[str, object], person: Somebody, at: datetime) -> None:
    rows.members.append({**key, "role": person.role, "met_at": at, "profile_at": at if person.met else None})
    consent = Consent.YES if person.weekly else Consent.NO
    rows.schedules.append({**key, "consent": consent.value, "weekday": 1, "minute": 570, "zone_is_own": False})
    for slug in (*person.learned, *person.unlearned):
        rows.marks.append({**key, "skill": slug, "learned_at": at, "undone_at": None if slug in person.learned else at})
    for tip in (*person.useful, *person.not_useful):
        verdict = "useful" if tip in person.useful else "not useful"
        rows.verdicts.append({**key, "tip": tip, "times": 1, "given_at": at, "verdict": verdict})
