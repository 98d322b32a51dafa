"""What members said about whether they still do a tip: a log that only grows, and what the next question depends on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert

from bot.core.member import MemberKey
from bot.core.practice import Practised, Step, last_steps
from bot.core.use import Answer, Use, Uses
from bot.store.member_schema import practice, still

_ADD = insert(still).on_conflict_do_nothing()  # two answers in one microsecond are one
_OF_MANY = union_all(
    *(
        select(
            literal(what).label("what"), table.c.member_id, table.c.tip, table.c.at, step.label("step"), asking
        ).where(
            table.c.workspace_id == bindparam("w"), table.c.member_id.in_(bindparam("members", expanding=True))
        )
        for what, table, step, asking in (
            ("step", practice, practice.c.step, literal("").label("asking")),
            ("use", still, still.c.answer, still.c.asking),
        )
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doing:
    """When a member did each tip, and what they said about it since."""

    done: Mapping[str, datetime]
    uses: Uses


def add(tx: Connection, rows: Iterable[tuple[MemberKey, Use]]) -> None:
    values = [
        {**who._asdict(), "tip": use.tip, "at": use.at, "answer": use.answer.value, "asking": use.asking,
         "why": use.why and use.why.value}
        for who, use in rows
    ]  # fmt: skip
    if values:
        tx.execute(_ADD, values)


def of_many(tx: Connection, workspace_id: str, members: Sequence[str]) -> dict[str, Doing]:
    """Return what these members of a workspace did and said, in one statement."""
    steps: dict[str, list[Practised]] = {member: [] for member in members}
    uses: dict[str, list[Use]] = {member: [] for member in members}
    for what, member_id, tip, at, step, asking in tx.execute(_OF_MANY, {"w": workspace_id, "members": members}):
        if what == "step":
            steps[member_id].append(Practised(tip, Step(step), at))
        else:
            uses[member_id].append(Use(tip, Answer(step), at, asking))
    return {member: Doing(_done(steps[member]), Uses.of(uses[member])) for member in members}


def _done(steps: Iterable[Practised]) -> dict[str, datetime]:
    return {tip: each.at for tip, each in last_steps(steps).items() if each.step is Step.DONE}
