"""Deeds of members about their role and their skills: learned, shown, confirmed, recorded."""

from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from bot.coach import learning, record, roles, showings, situation
from bot.coach.learning import Marked, Unmarked
from bot.core.member import MemberKey
from bot.slack.message import Message
from bot.slack.screens import learned, myrole, progress, role, show, skill, skills
from bot.slack.screens import record as record_view
from bot.slack.tip import situation as situation_view
from bot.store import situations
from bot.store.member_schema import showing, skill_mark
from tests.faults.deeds.deed import Deed, Some, a_member
from tests.faults.neighbours import Turn, some


def _member_skill(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.skill(), on.now


def _member_role(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.role()


def _perhaps_a_role(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.role() if on.likely(0.5) else None


def what_one_has(on: Turn) -> dict[str, bool]:
    """Draw whether a member has each need."""
    return {need: on.likely(0.5) for need in on.catalog.needs}


def _recorded(_tx: Connection, on: Turn) -> Some:
    return on.catalog, on.who(), on.one_of(("", "all", "month", "quarter", "2026")), on.now


def showing_of(tx: Connection, on: Turn) -> Some:
    """Draw a member and a skill that was shown, mostly by somebody else."""
    return on.who(), some(tx, on, showing).showing_id


def _confirmed(tx: Connection, on: Turn) -> Some:
    return on.catalog, *showing_of(tx, on), on.now


def _finished(tx: Connection, on: Turn) -> Some:
    """Draw a member and a role whose path has only a skill that they learned."""
    mark = some(tx, on, skill_mark, skill_mark.c.undone_at.is_(None))
    role = on.role().model_copy(update={"skills": (mark.skill,)})
    return replace(on.catalog, roles={role.slug: role}), MemberKey(on.workspace_id, mark.member_id), role.slug, on.now


def _standing(_tx: Connection, _on: Turn, found: Marked | Unmarked) -> Message:
    return learned.marked(found) if isinstance(found, Marked) else learned.unmarked(found)


DEEDS = (
    Deed(roles.my_role, lambda _, on: (on.catalog, on.who(), on.now), (myrole.mine,), often=2),
    Deed(roles.set_role, lambda tx, on: (*_member_role(tx, on), on.now), (myrole.chosen,), often=2),
    Deed(roles.look_at, _member_role, (role.seen,)),
    Deed(learning.mark_learned, _member_skill, (learned.marked,), often=6),
    Deed(learning.unmark, _member_skill, (learned.unmarked,), often=2),
    Deed(learning.marked, lambda _, on: (on.catalog, on.who(), on.skill()), then=_standing),
    Deed(learning.unmarked, lambda _, on: (on.catalog, on.who(), on.skill()), (learned.unmarked,)),
    Deed(learning.progress, lambda _, on: (on.catalog, on.who(), on.now), (progress.shown,)),
    Deed(learning.skills, _perhaps_a_role, (skills.listed,)),
    Deed(learning.skill, lambda _, on: (on.who(), on.skill()), (skill.seen,)),
    Deed(situations.of, a_member, then=lambda _, on, has: situation_view.form(on.catalog, has)),
    Deed(
        situation.declare,
        lambda _, on: (on.catalog, on.who(), what_one_has(on), on.now),
        (partial(situation_view.saved, 1, 2),),
        often=2,
    ),
    Deed(showings.show, lambda _, on: (on.who(), on.skill(), on.channel(), on.now), (show.shown,), often=3),
    Deed(showings.confirm, _confirmed, (show.confirmed,), often=3),
    Deed(showings.share_path, _finished, (show.path_shared,)),
    Deed(record.record_for, _recorded, (record_view.shown,), often=2),
)
