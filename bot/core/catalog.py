"""The catalogue: everything that the coach teaches (roles, themes, skills, tips, challenges) as frozen objects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Annotated, NamedTuple, Self
from zlib import crc32

from pydantic import Field, StringConstraints, model_validator

from bot.core.content_item import (
    Choosable,
    ContentItem,
    Copyable,
    Line,
    Name,
    Part,
    Prose,
    Question,
    Reviewed,
    Slug,
    Word,
)
from bot.core.errors import Unclear, quoted
from bot.core.matching import MAX_NAME, match, names_of, plain, title_in
from bot.core.policy import Policy

NONE_OF_THESE = "None of these"
MAX_ASKS = 24  # ways to ask for an entry


class Theme(ContentItem):
    """A topic that matters in every role, such as "Speed Matters"."""

    name: Name
    in_short: Line
    lines: tuple[Line, ...] = Field(min_length=1, max_length=8)
    asks: tuple[Line, ...] = Field(default=(), max_length=MAX_ASKS)


class Motto(ContentItem):
    """A rule of thumb with its emoji. The text can be understood without the emoji."""

    emoji: Annotated[str, StringConstraints(min_length=1, max_length=4)]
    text: Line
    theme: Slug


class Boundary(ContentItem):
    """A list of examples that show how the boundaries between roles become less sharp."""

    name: Name
    intro: Line
    lines: tuple[Line, ...] = Field(min_length=1, max_length=8)


class Need(ContentItem):
    """Something that a tip may require. `says` is what a member declares, in the first person."""

    name: Name
    says: Choosable
    challenge: Slug | None = None  # with which a team gets it


class Tip(Part):
    """One thing to do this week, and how to know that it worked. A member must have all of its `needs`."""

    id: Slug
    title: Name
    do: Prose
    done_when: Line
    minutes: int = Field(ge=5, le=60)
    needs: tuple[Slug, ...] = Field(default=(), max_length=4)
    aliases: tuple[Slug, ...] = ()


class Option(Part):
    """One answer to a check, and why it is right or wrong."""

    text: Choosable
    because: Line
    right: bool = False


class Check(Part):
    """A question with which a member practises a skill: a situation, and three answers of which one is right."""

    id: Slug
    ask: Question
    options: tuple[Option, Option, Option]
    aliases: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _has_one_right_answer(self) -> Self:
        if sum(option.right for option in self.options) != 1:
            raise ValueError("exactly one of the three options needs `right: true`")
        if len({option.text for option in self.options}) != len(self.options):
            raise ValueError("two options have the same text")
        return self

    @cached_property
    def version(self) -> str:
        """Return a short mark that changes with the question, its options and their order."""
        texts = (self.ask, *(option.text for option in self.options))
        return f"{crc32(chr(10).join(texts).encode()) & 0xFFFF:04x}"


class LooksLike(Part):
    """What a skill looks like at three levels. Each line describes something that another person can observe."""

    aware: Line
    working: Line
    teaching: Line


class Skill(Reviewed):
    """Something a member can learn, with the tips that teach it."""

    name: Name
    theme: Slug
    source_line: Line | None = None
    needs_skills: tuple[Slug, ...] = Field(default=(), max_length=4)  # skills that a member should learn first
    why: Line
    looks_like: LooksLike
    first_exercise: Prose
    mistakes: tuple[Line, ...] = Field(min_length=1, max_length=5)
    asks: tuple[Line, ...] = Field(default=(), max_length=MAX_ASKS)
    aliases: tuple[Line, ...] = Field(default=(), max_length=12)
    template: Copyable | None = None  # something to copy, such as a query or a form
    example: Copyable | None = None  # one worked example
    tips: tuple[Tip, ...] = Field(min_length=2, max_length=12)
    checks: tuple[Check, ...] = Field(default=(), max_length=6)


class Share(Part):
    """A skill where two roles meet, and what to ask a colleague of the other role about it."""

    role: Slug
    skill: Slug
    ask: Line


class Role(Reviewed):
    """A role and how it changes: what it was, what it becomes, and the skills to learn, in the order of the path."""

    name: Name
    becomes: Name
    before: Line
    after: Line
    what_changed: tuple[Line, ...] = ()
    what_they_do_now: tuple[Line, ...] = ()
    core_skills: tuple[Line, ...] = ()
    why_they_win: tuple[Line, ...] = ()
    new_challenges: tuple[Line, ...] = ()
    what_they_monitor_now: tuple[Line, ...] = ()
    skills: tuple[Slug, ...] = Field(min_length=1, max_length=20)
    shares: tuple[Share, ...] = Field(default=(), max_length=5)
    aliases: tuple[Line, ...] = Field(default=(), max_length=40)
    asks: tuple[Line, ...] = Field(default=(), max_length=MAX_ASKS)
    catch_all: bool = False  # True for the role of people whose title fits no other

    @property
    def choice(self) -> str:
        """Return the role's label in menus."""
        return NONE_OF_THESE if self.catch_all else self.name

    @property
    def lists(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the lists that are not empty, each with its title from the source document."""
        titled = (
            ("What changed", self.what_changed),
            ("What they do now", self.what_they_do_now),
            ("Core skills", self.core_skills),
            ("New challenges", self.new_challenges),
            ("What they monitor now", self.what_they_monitor_now),
            ("Why they win", self.why_they_win),
        )
        return tuple((title, lines) for title, lines in titled if lines)


class ChallengeTemplate(Reviewed):
    """Something for a team to try in one week. `evidence` says what members who did it should describe in one line."""

    name: Name
    theme: Slug
    skill: Slug
    do: Prose
    done_when: Line
    minutes: int = Field(ge=15, le=120)
    evidence: Line
    asks: tuple[Line, ...] = Field(default=(), max_length=MAX_ASKS)


class NotOurs(ContentItem):
    """A topic that the coach leaves to others: words that point to it, how people ask, and what the coach says then."""

    says: Line
    words: tuple[Word, ...] = Field(default=(), max_length=80)
    asks: tuple[Line, ...] = Field(min_length=3, max_length=60)


class SameWords(ContentItem):
    """Words that mean the same in a question, such as "bill" and "invoice"."""

    words: tuple[Word, ...] = Field(min_length=2, max_length=40)


Named = Role | Skill | Theme


class Quiz(NamedTuple):
    """A check with the skill that it is about."""

    skill: Skill
    check: Check


class Lesson(NamedTuple):
    """A tip with the skill that it teaches."""

    skill: Skill
    tip: Tip


@dataclass(frozen=True, eq=False)  # compared by identity, so that caches of rendered screens can use it as a key
class Catalog:
    """Everything the coach teaches. The keys are slugs, in the order of the content files."""

    themes: Mapping[str, Theme]
    mottos: tuple[Motto, ...]
    boundaries: tuple[Boundary, ...]
    roles: Mapping[str, Role]
    skills: Mapping[str, Skill]
    challenges: Mapping[str, ChallengeTemplate] = field(default_factory=dict)
    needs: Mapping[str, Need] = field(default_factory=dict)
    not_ours: tuple[NotOurs, ...] = ()
    same_words: tuple[SameWords, ...] = ()
    policy: Policy | None = None  # what the team allows, if it told
    stale: frozenset[str] = frozenset()  # slugs of skills that should have been read again by now; see `as_of`

    def as_of(self, today: date) -> "Catalog":
        """Return the same catalogue that knows which skills are stale today; itself if it knows that already."""
        stale = frozenset(slug for slug, skill in self.skills.items() if skill.stale_since(today))
        return self if stale == self.stale else replace(self, stale=stale)

    @property
    def reviewed(self) -> tuple[Role | Skill | ChallengeTemplate, ...]:
        """Return every entry that somebody can be asked to read again."""
        return (*self.roles.values(), *self.skills.values(), *self.challenges.values())

    @cached_property
    def lessons_of(self) -> Mapping[str, tuple[Lesson, ...]]:
        """Return the tips of each skill, by its slug."""
        return {slug: tuple(Lesson(skill, tip) for tip in skill.tips) for slug, skill in self.skills.items()}

    @cached_property
    def gentlest_first(self) -> Mapping[str, tuple[Lesson, ...]]:
        """Return the tips of each skill, those with the fewest needs first, and of these the shortest first."""

        def effort(lesson: Lesson) -> tuple[int, int]:
            return len(lesson.tip.needs), lesson.tip.minutes

        return {slug: tuple(sorted(lessons, key=effort)) for slug, lessons in self.lessons_of.items()}

    @cached_property
    def taught_themes(self) -> frozenset[str]:
        """Return the slugs of the themes that have skills."""
        return frozenset(skill.theme for skill in self.skills.values())

    @cached_property
    def quizzes(self) -> Mapping[str, Quiz]:
        """Return every check by its id and its former ids."""
        every = (Quiz(skill, check) for skill in self.skills.values() for check in skill.checks)
        return {name: quiz for quiz in every for name in (quiz.check.id, *quiz.check.aliases)}

    @cached_property
    def lessons(self) -> Mapping[str, Lesson]:
        """Return every tip by its id and its former ids."""
        every = (lesson for lessons in self.lessons_of.values() for lesson in lessons)
        return {name: lesson for lesson in every for name in (lesson.tip.id, *lesson.tip.aliases)}

    @cached_property
    def places(self) -> Mapping[str, tuple[str, str, str]]:
        """Return for every tip, by its id and its former ids: its id, the slug of its skill, and that of its theme."""
        return {name: (tip.id, skill.slug, skill.theme) for name, (skill, tip) in self.lessons.items()}

    @cached_property
    def role_names(self) -> Mapping[str, str]:
        return names_of((role.slug, (role.name, role.becomes, *role.aliases)) for role in self.roles.values())

    @cached_property
    def skill_names(self) -> Mapping[str, str]:
        return names_of(
            (skill.slug, (skill.name, *((skill.source_line,) if skill.source_line else ()), *skill.aliases))
            for skill in self.skills.values()
        )

    @cached_property
    def theme_names(self) -> Mapping[str, str]:
        return names_of((theme.slug, (theme.name,)) for theme in self.themes.values())

    def role_named(self, words: str) -> Role:
        """Return the role meant by a slug, an old or a new title, or an alias. Raise Unclear if that is not clear."""
        title = title_in(self.role_names, plain(words))
        return self.roles[_only(title, words, self.role_names, "role", self.roles)]

    def skill_named(self, words: str) -> Skill:
        """Return the skill meant by a slug, a name or an alias. Raise Unclear if that is not clear."""
        return self.skills[_only(words, words, self.skill_names, "skill", self.skills)]

    def theme_named(self, words: str) -> Theme:
        """Return the theme meant by a slug or a name. Raise Unclear if that is not clear."""
        return self.themes[_only(words, words, self.theme_names, "theme", self.themes)]

    def role_of(self, slug: str | None) -> Role | None:
        """Return the role with this slug; None for no slug or a role that is no longer taught."""
        return self.roles.get(slug) if slug else None

    def path(self, role: Role) -> tuple[Skill, ...]:
        """Return the skills of a role in the order of its path."""
        return tuple(self.skills[slug] for slug in role.skills)


def _only(wanted: str, typed: str, names: Mapping[str, str], kind: str, entries: Mapping[str, Named]) -> str:
    every = tuple(entries)
    if not typed.strip():
        raise _unclear(f"Which {kind}? Pick one.", kind, entries, every)
    if len(typed) > MAX_NAME:
        raise _unclear(f"That name is too long ({MAX_NAME} letters at most). Pick one.", kind, entries, every)
    slugs = match(wanted, names)
    if not slugs:
        raise _unclear(f"I don't know the {kind} {quoted(typed)}. Pick one.", kind, entries, every)
    if len(slugs) > 1:
        raise _unclear(f"Which {kind} do you mean?", kind, entries, slugs, several=True)
    return slugs[0]


def _unclear(
    text: str, kind: str, entries: Mapping[str, Named], slugs: Iterable[str], *, several: bool = False
) -> Unclear:
    return Unclear(text, kind, ((_choice(entries[slug]), slug) for slug in slugs), several=several)


def _choice(entry: Named) -> str:
    return entry.choice if isinstance(entry, Role) else entry.name
