"""Set a role, learn and show skills, solve labs, and read a member's path, progress and record."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.coach.act import Act
from bot.core import learning as core_learning
from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.content_types import Lesson, Role, Skill
from bot.core.errors import NextStep, UserError
from bot.core.member import MemberKey, Schedule
from bot.core.next_step import Place, next_place, results_of
from bot.core.next_tip import choose_tip
from bot.core.projects import Project
from bot.core.record import Record
from bot.store import facts, members, record as record_rows


class Marked(NamedTuple):
    """A skill after *learn* or *unlearn*. `at`: when it was marked; None if it is not. `new`: this request did it."""

    skill: Skill
    at: datetime | None
    new: bool
    path: core_learning.Path | None  # of the member's own role
    zone: str | None
    schedule: Schedule | None = None


class SkillList(NamedTuple):
    """Skills to choose from, and those that the member has learned. `role` is None for the whole catalogue."""

    catalog: Catalog
    role: Role | None
    skills: tuple[Skill, ...]
    learned: Collection[str]
    schedule: Schedule | None = None


def mark(act: Act, skill: Skill, *, learned: bool = True) -> Marked:
    """Mark a skill as learned, or take that back: its history stays. A second call changes nothing. Raise NotMet."""
    act.lock()
    new = facts.mark(act.tx, act.who, skill.slug, act.now, learned=learned)
    record = act.read()
    path = core_learning.own_path(act.catalog, record)
    return Marked(skill, record.learned_at.get(skill.slug), new, path, record.zone, record.schedule)


def progress(act: Act) -> core_learning.Progress:
    return core_learning.progress_of(act.catalog, act.read(), facts.showings(act.tx, act.who), act.now)


def achievements(act: Act) -> core_learning.Achievements:
    return core_learning.achievements_of(act.catalog, act.read(), facts.showings(act.tx, act.who), act.now)


def skills(act: Act, role: Role | None) -> SkillList:
    """Return the skills of a role; by default of the member's own role, or all skills if they have none."""
    record = act.read()
    shown = role or act.catalog.role_of(record.member.role)
    path = act.catalog.path(shown) if shown else tuple(act.catalog.skills.values())
    return SkillList(act.catalog, shown, path, record.learned_at, record.schedule)


@dataclass(frozen=True, slots=True)
class MyRole:
    """A member's role, its lines with what proved them, and what comes next; without a role, no more than that."""

    catalog: Catalog
    path: core_learning.Path | None
    schedule: Schedule  # theirs, or the one that a yes to weekly tips would give them
    lesson: Lesson | None = None  # the open step of a project, at its `place`, or a single tip
    is_next: bool = False  # they answered that of this week
    place: Place | None = None
    lines: tuple[core_learning.RoleLine, ...] = ()


def my_role(act: Act) -> MyRole:
    """Return the member's role with what they proved of it, and which step or tip is next."""
    record = act.read()
    path, schedule = core_learning.own_path(act.catalog, record), record.weekly.heard().as_of(act.now)
    if path is None:
        return MyRole(act.catalog, None, schedule)
    lines = core_learning.role_lines(act.catalog, path.role, record)
    place = next_place(act.catalog, record)
    if place is not None:
        lesson = act.catalog.lessons[place.step.id]
        return MyRole(act.catalog, path, schedule, lesson, place=place, lines=lines)
    given = act.catalog.lessons.get(record.of_this_week(act.now) or "")
    is_answered = given is not None and given.tip.id in record.steps
    lesson = given if given is not None and not is_answered else choose_tip(act.catalog, record).lesson
    return MyRole(act.catalog, path, schedule, lesson, is_next=is_answered, lines=lines)


def set_role(act: Act, role: Role) -> MyRole:
    """Set a member's role. What they have learned stays, and counts on the new path if that contains it."""
    act.lock()
    members.choose(act.tx, act.who, role=role.slug)
    return my_role(act)


class Shown(NamedTuple):
    """A skill or a project that a member shows. `new`: this request showed it, so it is posted now."""

    showing: core_learning.Showing
    what: Skill | Project
    new: bool
    zone: str | None
    made: Sequence[str] = ()  # what the steps of a project left that the member did


class Confirmed(NamedTuple):
    """A showing after a press. It is None if its member was forgotten, and `what` if it is no longer taught."""

    showing: core_learning.Showing | None
    what: Skill | Project | None = None
    made: Sequence[str] = ()


def may_show(act: Act) -> tuple[Project | Skill, ...]:
    """Return the projects of which a member did a step, and the skills of which they did a tip."""
    record, catalog = act.read(), act.catalog
    begun = [project for project in catalog.projects.values() if results_of(project, record)]
    return (*begun, *(catalog.skills[slug] for slug in record.stages(catalog)))


def made_of(record: Record, what: Skill | Project) -> Sequence[str]:
    """Return what the steps of a project left that a member did; of a skill, nothing."""
    results = results_of(what, record) if isinstance(what, Project) else ()
    return [step.makes for step, _ in results if not step.extra]


def line_to_show(act: Act, what: Skill | Project) -> str:
    """Return the member's last line on a project; "" for a skill. Raise UserError for what they did nothing of."""
    if not isinstance(what, Project):
        if what in may_show(act):
            return ""
        a_tip = NextStep("A tip for it", "tip", what.slug)
        raise UserError(f"You can show *{what.name}* once you did one of its tips.", a_tip)
    results = results_of(what, act.read())
    if not results:
        raise UserError(f"You can show *{what.name}* once you did one of its steps.", NextStep("Go on", "next"))
    lines = [said.line for _, said in results if said.line]
    return " ".join(lines[-1].split())[: core_learning.MAX_EVIDENCE] if lines else ""


def show(act: Act, what: Skill | Project, channel: str, evidence: str) -> Shown:
    """Show a skill or a project in a channel, once on each local day. Raise as `line_to_show`, and NotMet."""
    act.lock()
    record = act.read()
    line_to_show(act, what)
    new = core_learning.Showing(secrets.token_hex(8), act.who.member_id, what.slug, act.now, evidence=evidence)
    day = act.now.astimezone(zone_of(record.zone)).date()
    found = facts.add_showing(act.tx, act.who, new, channel, day.isoformat())
    return Shown(found, what, found.showing_id == new.showing_id, record.zone, made_of(record, what))


def confirm(act: Act, showing_id: str) -> Confirmed:
    """Confirm what a colleague showed, once. Nobody keeps whose press it was. Raise UserError for their own."""
    found = facts.find_showing(act.tx, act.who.workspace_id, showing_id)
    if found is None:
        return Confirmed(None)
    if found.member_id == act.who.member_id:
        said = "A colleague has to confirm it: your own press does not count."
        raise UserError(said, NextStep("My record", "record"))
    what = act.catalog.to_show(found.skill)
    if what is None:
        return Confirmed(found)
    owner = record_rows.read(act.tx, MemberKey(act.who.workspace_id, found.member_id))
    seen = facts.confirm_showing(act.tx, act.who.workspace_id, showing_id, act.now)
    return Confirmed(seen, what, made_of(owner, what))


def take_back(act: Act, showing_id: str) -> bool:
    """Delete what a member showed in a channel. Return whether it was there. Raise UserError for a colleague's."""
    found = facts.find_showing(act.tx, act.who.workspace_id, showing_id)
    if found is not None and found.member_id != act.who.member_id:
        raise UserError("Only who showed it can take it back.", NextStep("My record", "record"))
    facts.remove_showing(act.tx, act.who, showing_id)
    return found is not None


def solve(act: Act, lab: str) -> None:
    """Record that a member solved a lab. A second call changes nothing. Raise NotMet."""
    act.lock()
    facts.solve(act.tx, act.who, lab, act.now)
