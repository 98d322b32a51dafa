"""Everything that is known of one member, and what follows from it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from bot.core.calendar import Hours, week_of
from bot.core.catalog import Catalog
from bot.core.content_types import Skill, Tip
from bot.core.member import Consent, Member, MemberKey, Schedule, WorkspaceSettings
from bot.core.practice import Checked, Plan, Practised, ProjectState, Stage, Step, TeamProject, Use, Uses, last_steps
from bot.core.projects import Step as ProjectStep
from bot.core.rhythm import AS_USUAL, GAP, SHORT, Rhythm, weeks_between

MADE_UP = MemberKey("", "")  # nobody who exists


class Given(NamedTuple):
    times: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is known of one member: what they learned by skill, what they did and were given by tip."""

    member: Member
    here: WorkspaceSettings = field(default_factory=WorkspaceSettings)  # what their workspace chose for all
    withheld: Collection[str] = ()  # tips and projects that Slack refuses to show there
    schedule: Schedule | None = None  # None: they were never asked about weekly tips
    learned_at: Mapping[str, datetime] = field(default_factory=dict)
    steps: Mapping[str, Practised] = field(default_factory=dict)  # the last ones, without those that were taken back
    checked: Checked = field(default_factory=Checked)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    uses: Uses = field(default_factory=Uses)
    given: Mapping[str, Given] = field(default_factory=dict)  # the latest last
    needs: Mapping[str, bool] = field(default_factory=dict)  # whether they have it; of others nobody knows
    projects: Mapping[str, ProjectState] = field(default_factory=dict)
    labs: Mapping[str, datetime] = field(default_factory=dict)  # when they solved them first
    team_project: TeamProject | None = None  # that is open

    @property
    def zone(self) -> str | None:
        """Return the zone in which the member reads times: that of their weekly tips, or else Slack's."""
        return (self.schedule.zone if self.schedule else None) or self.member.zone or self.here.zone

    @property
    def weekly(self) -> Schedule:
        """Return the member's schedule, or the one that an opt-in would give them."""
        stored = self.schedule
        if stored is not None and stored.consent is not Consent.ASKED:
            return stored
        if stored is not None and stored.zone_is_own:
            return replace(stored, slot=self.here.slot)
        consent = stored.consent if stored else Consent.UNASKED
        return Schedule(consent, self.here.slot, self.zone, rhythm=self.rhythm)

    @property
    def hours(self) -> Hours:
        return Hours(self.weekly.slot, self.here.quiet_hours, self.weekly.zone)

    def has_budget(self, used: int, at: datetime, now: datetime) -> bool:
        """Return whether one more message may come in the week of `at`, of whose budget so many are `used`.

        A tip that is still to come goes first. One that is overdue, even for weeks, comes this week.
        """
        schedule = self.weekly
        if (comes_at := schedule.comes_at) is None:
            return used < self.here.dm_budget
        weeks = weeks_between(max(comes_at, now), at, schedule.zone)
        is_to_come = weeks >= 0 and weeks % schedule.rhythm.weeks == 0
        return used + is_to_come < self.here.dm_budget

    @property
    def gets_tips(self) -> bool:
        return self.schedule is not None and self.schedule.consent is Consent.YES

    @property
    def rhythm(self) -> Rhythm:
        return self.schedule.rhythm if self.schedule else AS_USUAL

    @property
    def max_minutes(self) -> int | None:
        return SHORT if self.rhythm.short else None

    def is_back(self, now: datetime) -> bool:
        """Return whether the next weekly tip is the first after a gap."""
        rhythm, last_at = self.rhythm, self.given[self.latest].at if self.latest else None
        is_late = last_at is not None and rhythm.unanswered == 0 and now - last_at >= max(GAP, rhythm.every * GAP)
        return rhythm.is_back or is_late

    @property
    def done(self) -> tuple[Practised, ...]:
        """Return the tips that are done, the earliest first."""
        done = (step for step in self.steps.values() if step.step is Step.DONE)
        return tuple(sorted(done, key=lambda step: step.at))

    @property
    def not_my_work(self) -> frozenset[str]:
        return frozenset(tip for tip, step in self.steps.items() if step.step is Step.NOT_MY_WORK)

    @property
    def latest(self) -> str | None:
        return list(self.given)[-1] if self.given else None

    def of_this_week(self, now: datetime) -> str | None:
        """Return the tip that was given last, if that was in the local week of `now`."""
        tip, this_week = self.latest, week_of(now, self.zone)
        return tip if tip and week_of(self.given[tip].at, self.zone) == this_week else None

    def has(self, catalog: Catalog) -> frozenset[str]:
        """Return the needs of which the member said that they have them, or that follow from what they did."""
        return frozenset(need for need, has in self.needs.items() if has).difference(catalog.forbidden)

    def lacks(self, catalog: Catalog) -> frozenset[str]:
        """Return the needs that the member said they lack, and those that their team forbids to everybody."""
        return frozenset(need for need, has in self.needs.items() if not has).union(catalog.forbidden)

    def gains(self, tip: Tip) -> frozenset[str]:
        """Return the needs that a member has who did this tip. A step of a project may be done without them."""
        lacked = {need for need, has in self.needs.items() if not has} if isinstance(tip, ProjectStep) else set()
        return frozenset({*tip.needs, *tip.grants} - lacked)

    def may_learn(self, catalog: Catalog, skill: Skill) -> bool:
        return skill.slug not in self.learned_at and skill.slug in self.practised(catalog)

    def practised(self, catalog: Catalog) -> frozenset[str]:
        """Return the skills of which the member did a tip or answered a check right."""
        by_tips = {skill.slug for step in self.done if (skill := catalog.skill_of(step.tip))}
        by_checks = {slug for slug, asked in self.checked.of_skill.items() if any(check.right for check in asked)}
        return frozenset(by_tips | by_checks)

    def kept_at(self, catalog: Catalog, skill: Skill) -> datetime | None:
        """Return since when a skill is kept, by use or by checks; None if it is not."""
        ways = (self.uses.kept_at(catalog, skill), self.checked.kept_at(skill.slug))
        return min((at for at in ways if at is not None), default=None)

    def stage(self, catalog: Catalog, skill: Skill) -> Stage:
        if skill.slug in self.learned_at:
            return Stage.LEARNED if self.kept_at(catalog, skill) is None else Stage.KEPT
        return Stage.PRACTISED if skill.slug in self.practised(catalog) else Stage.OPEN

    def stages(self, catalog: Catalog) -> dict[str, Stage]:
        """Return the stage of each skill that the member practised or learned."""
        begun = self.practised(catalog) | self.learned_at.keys()
        return {slug: self.stage(catalog, skill) for slug, skill in catalog.skills.items() if slug in begun}

    def of_team(self, project: str) -> TeamProject | None:
        """Return the project of the month of the member's team, if it is this one."""
        return self.team_project if self.team_project and self.team_project.project == project else None

    def plan_of(self, tip: Tip) -> Plan | None:
        """Return the plan for a tip, or for one that it replaces."""
        plans = (self.plans.get(name) for name in (tip.id, *tip.aliases))
        return max(filter(None, plans), key=lambda plan: plan.at, default=None)

    # The record after something happened.

    def with_step(self, step: Practised) -> "Record":
        return replace(self, steps=last_steps([*self.steps.values(), step]))

    def with_line(self, written: Practised) -> "Record":
        return replace(self, steps={**self.steps, written.tip: written})

    def with_use(self, use: Use) -> "Record":
        return replace(self, uses=Uses.of([*(each for log in self.uses.of_tip.values() for each in log), use]))

    def with_learned(self, skill: str, at: datetime) -> "Record":
        return replace(self, learned_at={skill: at, **self.learned_at})

    def with_needs(self, needs: Mapping[str, bool]) -> "Record":
        return replace(self, needs={**self.needs, **needs})

    def with_project(self, slug: str, **changed: datetime | None) -> "Record":
        state = self.projects.get(slug, ProjectState())
        return replace(self, projects={**self.projects, slug: state._replace(**changed)})

    def with_given(self, tip: str, at: datetime) -> "Record":
        others = {name: given for name, given in self.given.items() if name != tip}
        before = self.given.get(tip)
        return replace(self, given={**others, tip: Given(before.times + 1 if before else 1, at)})

    def having_seen(self, tip: str, at: datetime) -> "Record":
        """Return the record of somebody who saw this tip, even if Slack's answer about it was lost."""
        return replace(self, given={tip: Given(1, at), **self.given})

    def heard(self) -> "Record":
        return replace(self, schedule=self.schedule and self.schedule.heard())


Records = Mapping[str, Record]  # of a workspace, by member
