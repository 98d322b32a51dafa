"""What members do with a project: begin it or go on, have what a step makes, skip one, stop half-way, leave it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.coach import practice
from bot.coach.act import Act
from bot.coach.practice import TipSeen, WeeklyKey
from bot.core.errors import NextStep, UserError
from bot.core.learning import after_learned, own_path
from bot.core.next_step import choices, may_skip, open_place, place_in
from bot.core.practice import Practised, Step
from bot.core.projects import Project, Step as ProjectStep
from bot.core.record import Record
from bot.store import facts, lines, members

CHOOSE = NextStep("Other projects", "project", "others")
FIVE = NextStep("Only five minutes?", "small")


class Offer(NamedTuple):
    """Projects of which a member may choose one; none where their role has no more, or they have no role."""

    projects: tuple[Project, ...]
    record: Record


def here(act: Act) -> TipSeen | Offer:
    """Return the open step of the member's project. Where no project is open, return those that they may choose."""
    record = act.read()
    place = open_place(act.catalog, record)
    if place is None:
        return Offer(choices(act.catalog, record), record)
    return TipSeen(act.catalog.lessons[place.step.id], record, act.now)


def others(act: Act, fits: Sequence[str] = ()) -> Offer:
    """Return the projects that a member may choose, that first which teaches a skill that fits a job of theirs."""
    record = act.read()
    return Offer(choices(act.catalog, record, fits), record)


def begin(act: Act, tip_id: str, key: WeeklyKey = None) -> TipSeen:
    """Begin the project of a step, or take it up again. Return its open step. Raise UserError and NotMet."""
    seen, project, _ = _locked(act, tip_id, key)
    place = place_in(project, seen.record)
    if place is None:
        return replace(seen, lesson=act.catalog.lessons[project.main_steps[-1].id])
    before = open_place(act.catalog, seen.record)
    parks = before.project if before is not None and before.project != project else None
    facts.unpark(act.tx, act.who)
    anew = {"begun_at": act.now, "left_at": None, "ended_at": None}
    record = facts.save_project(act.tx, seen.record, project.slug, **anew)
    facts.note_given(act.tx, act.who, place.step.id, act.now)
    return replace(seen, lesson=act.catalog.lessons[place.step.id], record=record, parks=parks)


def had(act: Act, tip_id: str, key: WeeklyKey, line: str) -> TipSeen:
    """Record that a member has what a step makes; `line` says where it is, or what it says. Raise UserError, NotMet."""
    seen, _, _ = _locked(act, tip_id, key)
    if seen.is_settled:
        return seen
    seen = _settle(act, seen, Step.HAD)
    said = seen.last_step
    if line and said is not None:
        lines.write(act.tx, act.who, said, line, None)
        seen = replace(seen, record=seen.record.with_line(replace(said, line=line, readers=None)))
    return seen


def skip(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Go on without a step. Raise UserError where a later step uses what it makes, and NotMet."""
    seen, project, step = _locked(act, tip_id, key)
    if seen.is_settled:
        return seen
    if not may_skip(project, step):
        raise UserError(f"A later step uses {step.makes}, so this step can't be skipped.", FIVE, CHOOSE)
    return _settle(act, seen, Step.SKIPPED)


def end(act: Act, tip_id: str, key: WeeklyKey, *, leaves: bool) -> TipSeen:
    """End a project half-way, which is a good end; or leave it, until `begin` takes it up. Raise UserError, NotMet."""
    seen, project, _ = _locked(act, tip_id, key)
    state = seen.record.projects.get(project.slug)
    is_open = state.is_open if state else leaves  # one that is offered may be left before it is begun
    if not is_open:
        return seen
    ended = {"left_at" if leaves else "ended_at": act.now}
    return replace(seen, record=facts.save_project(act.tx, seen.record, project.slug, **ended))


def learn(act: Act, tip_id: str, key: WeeklyKey) -> TipSeen:
    """Mark the skills of a project as learned. A second call changes nothing. Raise UserError and NotMet."""
    seen, project, _ = _locked(act, tip_id, key)
    record, milestone = seen.record, None
    for slug in project.skills:
        if slug not in act.catalog.skills or not facts.mark(act.tx, act.who, slug, act.now):
            continue
        record = record.with_learned(slug, act.now)
        milestone = after_learned(act.catalog.skills[slug], own_path(act.catalog, record)) or milestone
    return replace(seen, record=record, milestone=milestone)


def only_singles(act: Act, *, wanted: bool) -> Offer:
    """Give single tips and no projects from now on, or projects again. Raise NotMet."""
    act.lock()
    members.choose(act.tx, act.who, singles_only=wanted)
    return others(act)


def _locked(act: Act, tip_id: str, key: WeeklyKey) -> tuple[TipSeen, Project, ProjectStep]:
    """Lock the member, and return a step as they see it, with its project. Raise UserError and NotMet."""
    seen = practice.locked(act, tip_id, key)
    tip = seen.lesson.tip
    if tip.id not in act.catalog.project_of or not isinstance(tip, ProjectStep):
        raise UserError("That project is no longer there.", CHOOSE)
    return seen, act.catalog.project_of[tip.id], tip


def _settle(act: Act, seen: TipSeen, step: Step) -> TipSeen:
    seen = practice.without_plan(act, seen, step.value)
    record = facts.add_step(act.tx, seen.record, Practised(seen.lesson.tip.id, step, act.now))
    return practice.with_project(act, seen.after(record))
