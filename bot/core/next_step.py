"""Where a member is in their projects, and what comes next. Pure, so the forecast shows exactly what will happen."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from bot.core.catalog import Catalog
from bot.core.content_types import Level, Role, Tip
from bot.core.practice import HAS_RESULT, MOVES_ON, Practised, ProjectState, Step as Said
from bot.core.projects import Project, Step
from bot.core.record import Record

MAX_TIMES = 4  # that a step comes without being done


class Place(NamedTuple):
    """A step of a project; `number` counts them from 1. The extra one, which comes after the end, has the number 0."""

    project: Project
    step: Step
    number: int

    @property
    def of(self) -> int:
        return len(self.project.main_steps)


class Ended(NamedTuple):
    project: Project
    at: datetime


class ChooseOne(NamedTuple):
    projects: tuple[Project, ...]  # up to three, of a member who has none open


def said_of(record: Record, tip: Tip) -> Practised | None:
    """Return the last that a member said about a tip or a step, or about a tip that it replaces."""
    said = (record.steps.get(name) for name in (tip.id, *tip.aliases))
    return max(filter(None, said), key=lambda said: said.at, default=None)


def is_settled(record: Record, step: Step) -> bool:
    said = (record.steps.get(name) for name in (step.id, *step.aliases))
    return any(practised is not None and practised.step in MOVES_ON for practised in said)


def results_of(project: Project, record: Record) -> list[tuple[Step, Practised]]:
    """Return the steps of a project of which a member has the result, and what they said of each."""
    said = ((step, said_of(record, step)) for step in project.steps)
    return [(step, practised) for step, practised in said if practised and practised.step in HAS_RESULT]


def place_in(project: Project, record: Record) -> Place | None:
    """Return the first step that a member did not do, have or skip; None if there is none left."""
    steps = enumerate(project.main_steps, 1)
    return next((Place(project, step, number) for number, step in steps if not is_settled(record, step)), None)


def place_of(catalog: Catalog, tip_id: str) -> Place | None:
    """Return where a step stands; None for a tip that belongs to no project."""
    project, step = catalog.project_of.get(tip_id), catalog.lessons[tip_id].tip
    if project is None or not isinstance(step, Step):
        return None
    return Place(project, step, 0 if step.extra else project.main_steps.index(step) + 1)


def is_finished(project: Project, record: Record) -> bool:
    """Return whether every step is settled, and not all of them skipped."""
    said = [said_of(record, step) for step in project.main_steps if is_settled(record, step)]
    has_some = any(practised is not None and practised.step is not Said.SKIPPED for practised in said)
    return has_some and len(said) == len(project.main_steps)


def in_hand(catalog: Catalog, record: Record, step: Tip, *, is_back: bool = False) -> Practised | None:
    """Return what a member said of the earlier step that makes what this step uses; None for a tip of no project.

    `is_back`: they were away, so return what they said of the last earlier step of which they have the result.
    """
    project = catalog.project_of.get(step.id)
    if project is None or not isinstance(step, Step):
        return None
    earlier = project.steps[: project.steps.index(step)]
    if is_back:
        return next((said for maker, said in reversed(results_of(project, record)) if maker in earlier), None)
    made = [said_of(record, maker) for maker in earlier if step.uses in {maker.makes, project.keeps.name}]
    return next(filter(None, reversed(made)), None)


def asks_to_show(project: Project, record: Record, *, is_half_way: bool) -> bool:
    """Return whether to ask a member to show their team what they made: once, half-way or else at the end."""
    team = record.of_team(project.slug)
    if team is None or team.is_shown:
        return False
    said = said_of(record, project.main_steps[project.half_way.after - 1])
    return is_half_way or said is None or said.at < team.posted_at


def may_skip(project: Project, step: Step) -> bool:
    """Return whether a member may go on without a step: nothing later uses what it makes, or it has another way."""
    later = project.main_steps[project.main_steps.index(step) + 1 :] if step in project.main_steps else ()
    return step.free is not None or all(later_step.uses != step.makes for later_step in later)


def open_place(catalog: Catalog, record: Record) -> Place | None:
    """Return where the member is in the project that is open: the one that they began last.

    One that was parked waits while they press nothing. Then, if they had done a step of it, it goes on before those
    that began meanwhile.
    """
    places: list[tuple[tuple[bool, datetime], Place]] = []
    for slug, state in record.projects.items():
        project, is_parked = catalog.projects.get(slug), state.parked_at is not None
        if project is None or not state.is_open or state.begun_at is None or (is_parked and record.rhythm.is_slow):
            continue
        place = place_in(project, record)
        if place is not None:
            places.append(((is_parked and place.number > 1, state.begun_at), place))
    return max(places, key=lambda place: place[0])[1] if places else None


def next_step(catalog: Catalog, record: Record) -> Place | ChooseOne | None:
    """Return the open step, or the projects of which to choose one; None for somebody who gets single tips.

    A step that came some times without being done waits, and other projects are offered. Who was offered projects and
    chose none begins one of them; the very first one begins without a choice.
    """
    if record.member.singles_only:
        return None
    place = open_place(catalog, record)
    if place is None or _waits(record, place):
        offered = choices(catalog, record)
        if not offered:
            return None
        if record.projects and not _were_offered(record, offered):
            return ChooseOne(offered)
        first = unchosen(catalog, record, offered)
        place = place_in(first, record) if first is not None else None
        if place is None:
            return None if record.projects else ChooseOne(offered)
    if place.step.id in record.withheld:  # Slack refuses to show it
        return None
    return place


def next_place(catalog: Catalog, record: Record) -> Place | None:
    """Return the open step; where projects are offered, the first step of the first; None for single tips."""
    following = next_step(catalog, record)
    if isinstance(following, ChooseOne):
        return place_in(following.projects[0], record)
    return following


def _waits(record: Record, place: Place) -> bool:
    """Return whether a step came often enough without being done, since its member began the project or took it up."""
    given, begun_at = record.given.get(place.step.id), record.projects[place.project.slug].begun_at
    if given is None or (begun_at is not None and given.at < begun_at):
        return False
    return given.times >= (MAX_TIMES - 1 if record.rhythm.is_slow else MAX_TIMES)


def _were_offered(record: Record, projects: Iterable[Project]) -> bool:
    """Return whether one of these projects was offered, and none was begun since; after two tips, they come again."""
    begun_at = max((state.begun_at for state in record.projects.values() if state.begun_at), default=None)
    states = (record.projects.get(project.slug) for project in projects)
    offered_at = max((state.offered_at for state in states if state and state.offered_at), default=None)
    if offered_at is None or (begun_at is not None and offered_at <= begun_at):
        return False
    return sum(given.at > offered_at for given in record.given.values()) < 2


def unchosen(catalog: Catalog, record: Record, offered: Iterable[Project]) -> Project | None:
    """Return the project that begins if a member chooses none of those offered; None if all need something unusual.

    It is the first that needs nothing unusual. If they had a choice, one that needs nothing at all goes first.
    """
    has = usually_has(catalog, record)
    new = (each for each in offered if record.projects.get(each.slug, ProjectState()).begun_at is None)
    usual = [project for project in new if has.issuperset(project.needs)]
    return min(usual, key=lambda project: bool(record.projects and project.needs), default=None)


def choices(catalog: Catalog, record: Record, fits: Iterable[str] = ()) -> tuple[Project, ...]:
    """Return the projects from which a member may choose.

    That of their team; one that teaches a skill that `fits` a job of theirs, the best skill first; the next of their
    role's list; the next that lights another line, of another theme; the next that needs nothing unusual. The list
    fills what is missing.
    """
    role = catalog.role_of(record.member.role)
    waiting = _waiting(catalog, record, role) if role else []
    if not waiting:
        return ()
    first, has = waiting[0], usually_has(catalog, record)
    lit = {line for finished in ended(catalog, record) for line in finished.project.source_lines}
    others = [project for project in waiting if project.theme != first.theme]
    lighting = [project for project in others if not lit.issuperset(project.source_lines)]
    usual = [project for project in waiting[1:] if has.issuperset(project.needs)]
    fitting = [project for skill in fits for project in waiting if skill in project.skills]
    of_team = [project for project in waiting[:1] if record.of_team(project.slug)]
    found = dict.fromkeys([*of_team, *fitting[:1], first, *lighting[:1], *usual[:1], *waiting])
    return tuple(found)[:3]


def ended(catalog: Catalog, record: Record) -> tuple[Ended, ...]:
    """Return the projects that a member finished, the earliest first."""
    states = [(catalog.projects.get(slug), state.ended_at) for slug, state in record.projects.items()]
    found = [Ended(project, at) for project, at in states if project and at]
    return tuple(sorted(found, key=lambda finished: finished.at))


def _waiting(catalog: Catalog, record: Record, role: Role) -> list[Project]:
    """Return the projects that the member can do: their team's, then those of their level; last, those that wait."""
    level = record.member.level or Level.NEW
    of_team = catalog.projects.get(record.team_project.project) if record.team_project else None
    listed = dict.fromkeys([of_team] if of_team else [])
    for listed_at in (level, *(other for other in Level if other is not level)):
        listed |= dict.fromkeys(catalog.projects_for(role, listed_at))
    lacks, waiting, begun = record.lacks(catalog), list[Project](), list[Project]()
    for project in listed:
        state = record.projects.get(project.slug, ProjectState())
        has_a_way = all(need in project.without for need in project.needs if need in lacks)
        is_allowed = not set(project.needs) & set(catalog.forbidden)
        if not has_a_way or not is_allowed or project.slug in record.withheld or place_in(project, record) is None:
            continue
        if state.begun_at is None and state.left_at is None:
            waiting.append(project)
        elif state.is_open:
            begun.append(project)
    return waiting + begun


def usually_has(catalog: Catalog, record: Record) -> frozenset[str]:
    """Return the needs that a member has, and those that people of their role have."""
    role, level = catalog.role_of(record.member.role), record.member.level or Level.NEW
    usual = role.usual.of(level) if role else ()
    return record.has(catalog) | frozenset(usual).difference(record.lacks(catalog))
