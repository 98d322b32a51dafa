"""Learning: the path of a role, progress and milestones, which tips wait for what a member lacks, and their record."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.core.calendar import zone_of
from bot.core.catalog import Catalog
from bot.core.content_types import Level, Need, Role, Skill, Theme
from bot.core.member import Schedule
from bot.core.next_step import Ended, Place, ended, open_place, said_of
from bot.core.practice import HAS_RESULT, Practised, Stage
from bot.core.record import Record

FIRST_TIP = "That is your first tip done."


class Tally(NamedTuple):
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Path:
    role: Role
    tally: Tally
    ahead: tuple[Skill, ...]  # not learned yet, in the order to learn them
    practised: frozenset[str] = frozenset()  # slugs of those ahead that the member practised

    @property
    def upcoming(self) -> tuple[Skill, ...]:
        """Return the skills to practise next; once all are practised, those that are not marked as learned."""
        return tuple(skill for skill in self.ahead if skill.slug not in self.practised) or self.ahead


class RoleLine(NamedTuple):
    """A line on a member's role card. `proof`: the first project that they finished and that put it into practice."""

    heading: str
    text: str
    proof: Ended | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    mine: Path | None
    themes: tuple[tuple[Theme, Tally], ...]
    learned: tuple[tuple[Skill, datetime], ...]
    zone: str | None
    schedule: Schedule | None  # None if the member was never asked about weekly tips
    practised: tuple[Skill, ...]  # not learned, but at least one tip done
    lines: tuple[RoleLine, ...]  # of the member's role
    ended: tuple[Ended, ...]  # the projects that they finished, the earliest first
    place: Place | None  # the open step of their project
    kept: frozenset[str]  # learned skills that are still in use, or checked right after 1 and 4 weeks
    done: int  # tips
    done_this_month: int
    shown: int  # skills and projects, to colleagues
    confirmed: int


def own_path(catalog: Catalog, record: Record) -> Path | None:
    role = catalog.role_of(record.member.role)
    return path_of(catalog, role, record.learned_at, record.practised(catalog)) if role else None


def path_of(catalog: Catalog, role: Role, learned: Collection[str], practised: Collection[str] = ()) -> Path:
    ahead = tuple([catalog.skills[slug] for slug in role.skills if slug not in learned])
    begun = frozenset(skill.slug for skill in ahead if skill.slug in practised)
    return Path(role, Tally(len(role.skills) - len(ahead), len(role.skills)), ahead, begun)


def role_lines(catalog: Catalog, role: Role, record: Record) -> tuple[RoleLine, ...]:
    """Return the source's own lines of a role, or the skills of its path; each with the project that proved it."""
    if role.origin == "source":
        lit = {line: proof for proof in reversed(ended(catalog, record)) for line in proof.project.source_lines}
        return tuple(RoleLine(heading, line, lit.get(line)) for heading, lines in role.lines for line in lines)
    of_projects = {slug for level in Level for each in catalog.projects_for(role, level) for slug in each.skills}
    proofs = {slug: proof for proof in reversed(ended(catalog, record)) for slug in proof.project.skills}
    path = sorted(catalog.path(role), key=lambda skill: skill.slug not in of_projects)[:8]  # a card has no more lines
    return tuple(RoleLine("On your path", skill.name, proofs.get(skill.slug)) for skill in path)


def progress_of(catalog: Catalog, record: Record, shown: Sequence["Showing"], now: datetime) -> Progress:
    """Return a member's progress. Skills that are no longer taught do not count."""
    marks = {slug: at for slug, at in record.learned_at.items() if slug in catalog.skills}
    role, stages, practised = catalog.role_of(record.member.role), record.stages(catalog), record.practised(catalog)
    latest_first = sorted(marks.items(), key=lambda mark: mark[1], reverse=True)
    themes = list[tuple[Theme, Tally]]()
    for theme in catalog.themes.values():
        slugs = [skill.slug for skill in catalog.skills.values() if skill.theme == theme.slug]
        themes.append((theme, Tally(sum(slug in marks for slug in slugs), len(slugs))))
    months = [f"{at.astimezone(zone_of(record.zone)):%Y-%m}" for at in (now, *(step.at for step in record.done))]
    return Progress(
        mine=path_of(catalog, role, marks, practised) if role else None,
        themes=tuple(themes),
        learned=tuple((catalog.skills[slug], at) for slug, at in latest_first),
        zone=record.zone,
        schedule=record.schedule and record.schedule.as_of(now),
        practised=tuple(catalog.skills[slug] for slug, stage in stages.items() if stage is Stage.PRACTISED),
        kept=frozenset(slug for slug, stage in stages.items() if stage is Stage.KEPT),
        lines=role_lines(catalog, role, record) if role else (),
        ended=ended(catalog, record),
        place=open_place(catalog, record),
        done=len(record.done),
        done_this_month=months[1:].count(months[0]),
        shown=len({showing.skill for showing in shown}),
        confirmed=len({showing.skill for showing in shown if showing.seen_at}),
    )


class Waiting(NamedTuple):
    can_do: int
    total: int
    for_need: tuple[tuple[Need, int], ...]  # most tips first; a tip with two needs counts for both


def waiting(catalog: Catalog, role: Role | None, lacks: Collection[str]) -> Waiting:
    """Return which tips of a path wait; without a role, of all skills."""
    skills = catalog.path(role) if role else tuple(catalog.skills.values())
    needs = [set(tip.needs) for skill in skills for tip in skill.tips if tip.is_for(role)]
    counts = [(need, sum(slug in each for each in needs)) for slug, need in catalog.needs.items() if slug in lacks]
    wait = sorted(((need, count) for need, count in counts if count), key=lambda pair: -pair[1])
    can_do = sum(each.isdisjoint({*lacks, *catalog.forbidden}) for each in needs)
    return Waiting(can_do, len(needs), tuple(wait))


def after_learned(skill: Skill, path: Path | None) -> str | None:
    """Return the sentence after a skill was newly marked that was the last one of the path."""
    if path is None or path.ahead or skill.slug not in path.role.skills:
        return None
    return f"You finished the path to {path.role.becomes}."


MAX_EVIDENCE = 200  # characters


@dataclass(frozen=True, slots=True)
class Showing:
    """A skill that a member showed in a channel. `seen_at`: when a colleague confirmed it. Nobody keeps who did."""

    showing_id: str
    member_id: str
    skill: str
    asked_at: datetime
    seen_at: datetime | None = None
    evidence: str = ""  # in the member's words


@dataclass(frozen=True, slots=True)
class TipDone:
    at: datetime
    tip: str | None  # None once it is no longer given
    title: str | None  # None for a tip that no content names
    skill: str | None  # None for such a tip, and for a step of a project
    line: str | None
    again: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class ProjectDone:
    """A project of a member, with the steps that they did or had, the earliest first."""

    name: str
    keeps: str
    steps: tuple[TipDone, ...]
    of: int
    at: datetime | None  # when it ended, if it did
    again_on: datetime | None  # when they look at what it left once more
    shown_at: datetime | None  # to colleagues
    confirmed_at: datetime | None  # by one of them


class SkillReached(NamedTuple):
    at: datetime
    name: str | None  # None for a skill that is no longer taught
    confirmed_at: datetime | None = None  # when a colleague confirmed that they saw it


@dataclass(frozen=True, slots=True)
class Achievements:
    """All of a member's record, each list with the latest first."""

    today: datetime  # the day of the request
    zone: str | None
    projects: tuple[ProjectDone, ...]
    done: tuple[TipDone, ...]  # tips that belong to none of the projects
    labs: tuple[SkillReached, ...]  # practised on a sample
    learned: tuple[SkillReached, ...]
    kept: tuple[SkillReached, ...]
    shown: tuple[SkillReached, ...]


def achievements_of(catalog: Catalog, record: Record, shown: Sequence[Showing], now: datetime) -> Achievements:
    projects = sorted(_projects_done(catalog, record, shown, now), key=lambda done: done.steps[-1].at, reverse=True)
    of_projects = {step.tip for project in projects for step in project.steps}
    done = [_tip_done(catalog, step, record) for step in record.done if step.tip not in of_projects]
    names, marks = {slug: skill.name for slug, skill in catalog.skills.items()}, record.learned_at
    kept = [(record.kept_at(catalog, catalog.skills[slug]), slug) for slug in marks if slug in names]
    labs = [slug for slug in record.labs if slug in catalog.labs]
    of_skills = (each for each in shown if each.skill not in catalog.projects)

    def latest_first(reached: Iterable[SkillReached]) -> tuple[SkillReached, ...]:
        return tuple(sorted(reached, key=lambda each: each.at, reverse=True))

    return Achievements(
        today=now,
        zone=record.zone,
        projects=tuple(projects),
        done=tuple(reversed(done)),
        labs=latest_first(SkillReached(record.labs[slug], catalog.labs[slug].name) for slug in labs),
        learned=latest_first(SkillReached(at, names.get(slug)) for slug, at in marks.items()),
        kept=latest_first(SkillReached(at, names[slug]) for at, slug in kept if at is not None),
        shown=latest_first(SkillReached(each.asked_at, names.get(each.skill), each.seen_at) for each in of_skills),
    )


def _projects_done(catalog: Catalog, record: Record, shown: Sequence[Showing], now: datetime) -> Iterator[ProjectDone]:
    for project in (catalog.projects[slug] for slug in record.projects if slug in catalog.projects):
        said = (said_of(record, step) for step in project.steps)
        steps = [_tip_done(catalog, step, record) for step in said if step is not None and step.step in HAS_RESULT]
        ended_at = record.projects[project.slug].ended_at
        again_on = ended_at and ended_at + timedelta(weeks=project.again.after_weeks)
        showings = [each for each in shown if each.skill == project.slug]
        if steps:
            yield ProjectDone(
                name=project.name,
                keeps=project.keeps.name,
                steps=tuple(replace(step, skill=None) for step in steps),
                of=len(project.main_steps),
                at=ended_at,
                again_on=again_on if again_on and again_on > now else None,
                shown_at=min((each.asked_at for each in showings), default=None),
                confirmed_at=min((each.seen_at for each in showings if each.seen_at), default=None),
            )


def _tip_done(catalog: Catalog, said: Practised, record: Record) -> TipDone:
    skill = catalog.skill_of(said.tip)
    again = record.uses.again(said.tip)
    tip = said.tip if said.tip in catalog.lessons else None
    return TipDone(said.at, tip, catalog.title_of(said.tip), skill.name if skill else None, said.line, again)
