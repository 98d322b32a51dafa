"""The catalogue: all that the coach teaches, by slug and by the names that people type; and what a team allows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import NamedTuple, TypeVar

from pydantic import Field

from bot.core import content_types
from bot.core.content_types import ContentItem, Lesson, Level, Line, Name, Origin, Part, Quiz, Role, Skill, Slug, Tip
from bot.core.errors import NextStep, Unclear, UserError, quoted
from bot.core.labs import Lab
from bot.core.matching import MAX_NAME, match, names_of, plain, title_in
from bot.core.projects import Project

LISTED = "tool or kind of data"
ALLOWED = NextStep("What is allowed", "allowed")


class Listed(Part):
    id: Slug
    name: Name
    aliases: tuple[Line, ...] = Field(default=(), max_length=12)
    note: Line | None = None


class Tool(Listed):
    """A tool that the team has approved."""


class DataClass(Listed):
    """A kind of data, and the tools into which it may go; none: into no tool at all."""

    may_go: tuple[Slug, ...] = Field(default=(), max_length=20)


class Policy(Part):
    """A `policy.yaml`. `forbids` are needs of tips: no member is given a tip that needs one of them."""

    contact: Line | None = None
    tools: tuple[Tool, ...] = Field(default=(), max_length=20)
    data: tuple[DataClass, ...] = Field(default=(), max_length=20)
    forbids: tuple[Slug, ...] = ()

    def places_for(self, data: DataClass) -> tuple[Tool, ...]:
        return tuple(tool for tool in self.tools if tool.id in data.may_go)

    def named(self, words: str) -> Tool | DataClass:
        """Return the tool or the kind of data that is meant. Raise UserError for what the policy does not list."""
        entries: dict[str, Tool | DataClass] = {tool.id: tool for tool in self.tools}
        entries |= {data.id: data for data in self.data}
        if len(words) > MAX_NAME:
            raise UserError(f"That name is too long ({MAX_NAME} letters at most).", ALLOWED)
        slugs = match(words, names_of((slug, (entry.name, *entry.aliases)) for slug, entry in entries.items()))
        if not slugs:
            whom = f" Ask {self.contact} first." if self.contact else " Ask before you use it."
            raise UserError(f"{quoted(words)} is not on the list, so take it as not allowed.{whom}", ALLOWED)
        if len(slugs) > 1:
            choices = ((entries[slug].name, slug) for slug in slugs)
            raise Unclear(f"Which {LISTED} do you mean?", LISTED, choices, several=True)
        return entries[slugs[0]]


class Retired(ContentItem):
    """A tip or a challenge that is no longer given: what records go on to call it, and the step that took its place."""

    origin: Origin = "extension"
    title: Name
    skill: Slug
    step: Slug | None = None


Named = TypeVar("Named", bound=Role | Skill | content_types.Theme | Lab | Project)


@dataclass(frozen=True, eq=False)  # compared by identity, so that caches of rendered screens can use it as a key
class Catalog:
    """Everything the coach teaches. The keys are slugs, in the order of the content files."""

    themes: Mapping[str, content_types.Theme]
    mottos: tuple[content_types.Motto, ...]
    boundaries: tuple[content_types.Boundary, ...]
    roles: Mapping[str, Role]
    skills: Mapping[str, Skill]
    challenges: Mapping[str, content_types.ChallengeTemplate] = field(default_factory=dict)
    projects: Mapping[str, Project] = field(default_factory=dict)
    needs: Mapping[str, content_types.Need] = field(default_factory=dict)
    leads: tuple[content_types.LeadText, ...] = ()
    not_ours: tuple[content_types.NotOurs, ...] = ()
    personal: tuple[content_types.Personal, ...] = ()
    replies: tuple[content_types.Reply, ...] = ()
    heard: Mapping[str, content_types.Heard] = field(default_factory=dict)
    labs: Mapping[str, Lab] = field(default_factory=dict)
    retired: Mapping[str, Retired] = field(default_factory=dict)
    policy: Policy | None = None  # what the team allows; None: it has not said
    stale: frozenset[str] = frozenset()  # slugs of skills whose review is overdue; see `as_of`
    as_read: "Catalog | None" = None  # with the same content, before any skill was stale

    def as_of(self, today: date) -> "Catalog":
        """Return this catalogue with the skills that are stale today; the same object if they are unchanged."""
        stale = frozenset(slug for slug, skill in self.skills.items() if skill.stale_since(today))
        return self if stale == self.stale else replace(self, stale=stale, as_read=self.as_read or self)

    @property
    def reviewed(self) -> tuple[Role | Skill | content_types.ChallengeTemplate | Project, ...]:
        return (*self.roles.values(), *self.skills.values(), *self.challenges.values(), *self.projects.values())

    @cached_property
    def lessons_of(self) -> Mapping[str, tuple[Lesson, ...]]:
        return {slug: tuple(Lesson(skill, tip) for tip in skill.tips) for slug, skill in self.skills.items()}

    @property
    def forbidden(self) -> Collection[str]:
        return self.policy.forbids if self.policy else ()

    @cached_property
    def quizzes(self) -> Mapping[str, Quiz]:
        every = (Quiz(skill, check) for skill in self.skills.values() for check in skill.checks)
        return {name: quiz for quiz in every for name in (quiz.check.id, *quiz.check.aliases)}

    @cached_property
    def tips(self) -> tuple[Lesson, ...]:
        """Return every tip. The steps of projects are tips."""
        steps = (Lesson(self.skills[step.skill], step) for project in self.projects.values() for step in project.steps)
        return (*chain.from_iterable(self.lessons_of.values()), *steps)

    @cached_property
    def lessons(self) -> Mapping[str, Lesson]:
        """Return every tip, by its id and its former ids."""
        return {name: lesson for lesson in self.tips for name in (lesson.tip.id, *lesson.tip.aliases)}

    def title_of(self, tip: str) -> str | None:
        """Return the title of a tip, also of one that is no longer given."""
        if tip in self.lessons:
            return self.lessons[tip].tip.title
        return self.retired[tip].title if tip in self.retired else None

    def skill_of(self, tip: str) -> Skill | None:
        """Return the skill of a tip, also of one that is no longer given."""
        if tip in self.lessons:
            return self.lessons[tip].skill
        return self.skills.get(self.retired[tip].skill) if tip in self.retired else None

    @cached_property
    def project_of(self) -> Mapping[str, Project]:
        """Return the project of each step, by the step's id."""
        return {step.id: project for project in self.projects.values() for step in project.steps}

    def needs_of(self, tip: Tip) -> tuple[str, ...]:
        """Return what a tip needs; of a step of a project, what the whole project needs as well."""
        project = self.project_of.get(tip.id)
        return tuple(dict.fromkeys((*tip.needs, *(project.needs if project else ()))))

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """Return for each kind of entry the plain names that people type, each with its slug."""
        return {
            "role": names_of((role.slug, role.titles) for role in self.roles.values()),
            "skill": names_of((skill.slug, skill.names) for skill in self.skills.values()),
            "theme": names_of((theme.slug, (theme.name,)) for theme in self.themes.values()),
            "lab": names_of((lab.slug, (lab.name,)) for lab in self.labs.values()),
            "project": names_of((project.slug, (project.name,)) for project in self.projects.values()),
            "tip": names_of((tip.id, (tip.title, *tip.aliases)) for _, tip in self.tips),
        }

    def to_show_named(self, words: str) -> Skill | Project:
        """Return the project or the skill that is meant. Raise Unclear."""
        return self.projects[slugs[0]] if (slugs := match(words, self.names["project"])) else self.skill_named(words)

    def to_show(self, slug: str) -> Skill | Project | None:
        return self.projects.get(slug) or self.skills.get(slug)

    def role_named(self, words: str) -> Role:
        """Return the role meant by a slug, an old or a new title, or an alias. Raise Unclear if that is not clear."""
        return self.named("role", self.roles, words)

    def skill_named(self, words: str) -> Skill:
        return self.named("skill", self.skills, words)

    def named(self, kind: str, entries: Mapping[str, Named], words: str) -> Named:
        """Return the entry that is meant. Raise Unclear if that is not clear."""
        choices = {slug: entry.choice if isinstance(entry, Role) else entry.name for slug, entry in entries.items()}
        text, slugs = f"I don't know the {kind} {quoted(words)}. Pick one.", tuple[str, ...]()
        if not words.strip():
            text = f"Which {kind}? Pick one."
        elif len(words) > MAX_NAME:
            text = f"That name is too long ({MAX_NAME} letters at most). Pick one."
        else:
            names = self.names[kind]
            slugs = match(title_in(names, plain(words)) if kind == "role" else words, names)
        if not slugs:
            raise Unclear(text, kind, ((name, slug) for slug, name in choices.items()))
        if len(slugs) > 1:
            raise Unclear(f"Which {kind} do you mean?", kind, ((choices[slug], slug) for slug in slugs), several=True)
        return entries[slugs[0]]

    def lab_for(self, need: str) -> Lab | None:
        return next((lab for lab in self.labs.values() if need in lab.lends), None)

    def tips_named(self, words: str) -> tuple[Lesson, ...]:
        """Return the tips meant by a title, an id or some words of it, the best first; none if the words fit no tip."""
        tips = match(words, self.names["tip"]) if len(words) <= MAX_NAME else ()
        return tuple(self.lessons[tip] for tip in tips)

    def role_of(self, slug: str | None) -> Role | None:
        return self.roles.get(slug) if slug else None

    def path(self, role: Role) -> tuple[Skill, ...]:
        return tuple(self.skills[slug] for slug in role.skills)

    def permits(self, lesson: Lesson) -> bool:
        """Return whether the team allows a tip. A step of a project has another way to do it."""
        return lesson.tip.id in self.project_of or set(self.forbidden).isdisjoint(lesson.tip.needs)

    def projects_for(self, role: Role, level: Level) -> tuple[Project, ...]:
        """Return the projects of a role in their order, without those that a pack hides."""
        return tuple(self.projects[slug] for slug in role.projects.of(level) if slug in self.projects)


class PackState(NamedTuple):
    """A team's own pack as admins see it. It is left out if it holds mistakes."""

    title: str
    mistakes: int
