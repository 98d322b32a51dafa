"""A busy workspace, for tests whose result must not depend on how much is stored."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.coach import challenges
from bot.core.catalog import Catalog
from bot.core.challenges import Sharing
from bot.core.member import MemberKey
from bot.store.practice_tables import skill_mark
from bot.store.tables import challenge, entry, member
from tests.coach.challenge import DRAFT, ID, LIVE
from tests.coach.members import NORA, NOW

CROWD = 50  # members besides Nora
CHALLENGES = 20
DRAFTED = "0000000000000dad"
SHOWN = "0123456789abcdef"

Verb = Callable[[Connection, Catalog], Any]


def any_of(catalog: Catalog, kind: str) -> Any:
    return next(iter(getattr(catalog, kind).values()))


def crowd(tx: Connection, catalog: Catalog) -> None:
    """Insert a full workspace, in which everybody has learned everything."""
    keys = [NORA, *(MemberKey("T1", f"U9{number}") for number in range(CROWD))]
    tx.execute(insert(member), [{**key._asdict(), "role": None, "met_at": NOW} for key in keys if key != NORA])
    marks = [{**key._asdict(), "skill": slug, "learned_at": NOW} for key in keys for slug in catalog.skills]
    tx.execute(insert(skill_mark), marks)


def taken_up(tx: Connection) -> None:
    """Insert challenges that Nora runs and that all members did, and a draft of hers."""
    draft = replace(DRAFT, challenge_id=DRAFTED)
    challenges.keep(tx, NORA, draft)
    known = list(tx.scalars(select(member.c.member_id)))
    for number in range(CHALLENGES if len(known) > 1 else 1):
        kept = replace(DRAFT, challenge_id=ID if number == 0 else f"{number:016x}")
        challenges.keep(tx, NORA, kept)
        challenges.post(tx, NORA, kept.challenge_id, NOW)
        rows = {"workspace_id": "T1", "challenge_id": kept.challenge_id, "joined_at": NOW, "done_at": NOW}
        said = {"line": "Mine.", "sharing": Sharing.NAMED.value, "picked": False}
        tx.execute(insert(entry), [{**rows, **said, "member_id": who, "entry_id": who} for who in known])
    tx.execute(update(challenge).where(challenge.c.challenge_id == ID).values(ts=LIVE.ts))
