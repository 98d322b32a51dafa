"""What each kind of content holds: roles, skills with their tips and checks, themes, challenges, replies, and so on."""

import re
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Generic, Literal, NamedTuple, Self, TypeVar
from zlib import crc32

import pydantic
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]  # fits a Slack button with its verb
Prose = Annotated[str, StringConstraints(min_length=1, max_length=600)]
# Fits a Slack button, or what a screen reader reads at one.
Choosable = Annotated[str, StringConstraints(min_length=1, max_length=75)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=40)]  # one of a few in a row
Copyable = Annotated[str, StringConstraints(min_length=1, max_length=900)]  # something to copy, of several lines
Kit = Annotated[str, StringConstraints(min_length=1, max_length=700)]
Needs = Annotated[tuple[Slug, ...], Field(max_length=4)]
Origin = Literal["source", "extension"]  # a line of the source document, or something that goes further

T = TypeVar("T")


def _day(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"there is no day {value}") from None
    if isinstance(value, date):
        return value
    raise ValueError("must be a day such as 2026-11-25")


def _address(value: str) -> str:
    if not value.startswith("https://"):
        raise ValueError("must begin with https://")
    return value


Day = Annotated[date, pydantic.BeforeValidator(_day)]
Address = Annotated[str, StringConstraints(max_length=300), pydantic.AfterValidator(_address)]


class Level(StrEnum):
    NEW = "new"
    DAILY = "daily"  # uses it every day


class Part(BaseModel):
    """Something written in a content file; it refuses unknown keys and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ContentItem(Part):
    slug: Slug
    origin: Origin

    def __hash__(self) -> int:
        """Hash the slug only. That is fast, and caches of rendered screens use entries as keys."""
        return hash(self.slug)


class Reviewed(ContentItem):
    owner: Name | None = None
    reviewed_on: Day | None = None
    review_by: Day | None = None

    @field_validator("review_by")
    @classmethod
    def _is_later(cls, review_by: date | None, others: ValidationInfo) -> date | None:
        reviewed_on = others.data.get("reviewed_on")
        if review_by and reviewed_on and review_by <= reviewed_on:
            raise ValueError("must be later than `reviewed_on`")
        return review_by

    def stale_since(self, today: date) -> date | None:
        """Return the day since which its review is overdue; None if it is not stale."""
        due = (self.review_by, self.reviewed_on + timedelta(days=365) if self.reviewed_on else None)
        return min((day for day in due if day and day < today), default=None)


MAX_ASKS = 40  # ways to ask for an entry
MAX_TOPIC_ASKS = 600  # ways to ask for a topic


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
    challenge: Slug | None = None  # in which a team creates it


class Tip(Part):
    id: Slug
    title: Name
    do: tuple[Line, ...] = Field(min_length=2, max_length=4, validation_alias=pydantic.AliasChoices("do", "steps"))
    done_when: Line
    minutes: int = Field(ge=5, le=60)
    why: Line | None = None  # what it gives
    called: Line | None = None  # the field's own names for it
    kit: Kit | None = None  # something to copy that it works with
    small: Line | None = None  # what five minutes can do
    proves: Name | None = None  # what it is worth once it is done
    example: Copyable | None = None  # before and after of this very tip
    needs: Needs = ()  # a member must have all of them
    own_work: bool = False  # it works on something of the member's own
    once: bool = False  # nobody is asked whether they still do it
    grants: Needs = ()  # what who did it has
    roles: tuple[Slug, ...] = ()  # if there are any, only their members get it
    pair: Slug | None = None  # the role of the colleague
    asks: tuple[Line, ...] = Field(default=(), max_length=MAX_ASKS)
    # Ids of tips that it replaces.
    aliases: tuple[Slug, ...] = Field(default=(), validation_alias=pydantic.AliasChoices("aliases", "was"))

    @property
    def kind_of_kit(self) -> str:
        """Return what a button calls the kit, as the tip itself does."""
        said = f"{self.kit}\n{self.small}\n{self.instructions}"
        return "prompt" if self.kit and re.search("(?m)^Prompt|prompt below", said) else "text"

    def is_for(self, role: "Role | None") -> bool:
        return not self.roles or (role is not None and role.slug in self.roles)

    @property
    def instructions(self) -> str:
        return " ".join(self.do)


class Option(Part):
    text: Choosable
    because: Line
    right: bool = False


class Check(Part):
    """A question with which a member practises a skill: a situation, and three answers of which one is right."""

    id: Slug
    ask: Annotated[str, StringConstraints(min_length=1, max_length=300)]
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


class Source(Part):
    title: Line
    by: Name
    url: Address
    licence: Name
    read_on: Day


class Skill(Reviewed):
    """Something a member can learn, with its single tips. Projects teach it, too."""

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
    sources: tuple[Source, ...] = Field(default=(), max_length=8)
    tips: tuple[Tip, ...] = Field(default=(), max_length=12)
    checks: tuple[Check, ...] = Field(default=(), max_length=6)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *((self.source_line,) if self.source_line else ()), *self.aliases)


class Share(Part):
    """A skill where two roles meet, and what to ask a colleague of the other role about it."""

    role: Slug
    skill: Slug
    ask: Line


class ByLevel(Part, Generic[T]):
    new: tuple[T, ...] = ()
    daily: tuple[T, ...] = ()

    def of(self, level: Level) -> tuple[T, ...]:
        return self.daily if level is Level.DAILY else self.new


# Of a role: each list has the title that its key says.
LISTS = "what_changed", "what_they_do_now", "core_skills", "new_challenges", "what_they_monitor_now", "why_they_win"


class Role(Reviewed):
    """A role and how it changes: what it was, what it becomes, and the skills to learn, in the order of the path."""

    name: Name
    becomes: Name
    before: Line
    after: Line
    less: tuple[Short, ...] = Field(default=(), max_length=3)  # what fades, in few words; the source says it itself
    what_changed: tuple[Line, ...] = ()
    what_they_do_now: tuple[Line, ...] = ()
    core_skills: tuple[Line, ...] = ()
    why_they_win: tuple[Line, ...] = ()
    new_challenges: tuple[Line, ...] = ()
    what_they_monitor_now: tuple[Line, ...] = ()
    skills: tuple[Slug, ...] = Field(min_length=1, max_length=20)
    usual: ByLevel[Slug] = ByLevel[Slug]()  # what the members usually have
    projects: ByLevel[Slug] = ByLevel[Slug]()  # in the order in which they are offered
    singles: tuple[Slug, ...] = ()  # tips between projects, and for who wants no project
    shares: tuple[Share, ...] = Field(default=(), max_length=5)
    aliases: tuple[Line, ...] = Field(default=(), max_length=40)
    asks: tuple[Line, ...] = Field(default=(), max_length=MAX_ASKS)
    catch_all: bool = False  # True for the role of people whose title fits no other

    @model_validator(mode="after")
    def _says_the_lines_of_the_source(self) -> Self:
        if self.origin == "source" and self.less:
            raise ValueError("a role with `origin: source` says the source's own lines: leave out `less:`")
        return self

    @property
    def titles(self) -> tuple[str, ...]:
        return (self.name, self.becomes, *self.aliases)

    @property
    def choice(self) -> str:
        return "None of these" if self.catch_all else self.name

    @property
    def lists(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        titled = ((key.replace("_", " ").capitalize(), getattr(self, key)) for key in LISTS)
        return tuple((title, lines) for title, lines in titled if lines)

    @property
    def lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return what people of this role do and know now, under its headings."""
        return tuple((title, lines) for title, lines in self.lists if lines != self.what_changed)


class LeadText(ContentItem):
    """What a lead can do in front of the team in 15 minutes, and what to ask in one-to-ones; once a month."""

    do: Line
    ask: Line


class ChallengeTemplate(Reviewed):
    """Something for a team to try in one week. `evidence` says what members who did it should describe in one line."""

    name: Name
    theme: Slug
    skill: Slug
    do: Prose
    done_when: Line
    minutes: int = Field(ge=15, le=120)
    evidence: Line
    needs: Needs = ()
    grants: Needs = ()
    asks: tuple[Line, ...] = Field(default=(), max_length=MAX_ASKS)


class Personal(ContentItem):
    """What members say of themselves: an act or a question, in many words, and what they would type for it."""

    verb: Line  # ends with `…` if it takes words of the member: after a phrase with `…`, or the line
    asks: tuple[Line, ...] = Field(min_length=3, max_length=MAX_TOPIC_ASKS)


class ReplyButton(Part):
    """A button under a reply: its label, and what it types for the member."""

    label: Short
    types: Line


class ReplyAbout(StrEnum):
    """What a reply is about. To one on a career, what the member's own role was and is is added."""

    CAREER = "career"
    FEELING = "feeling"
    DISTRESS = "distress"  # the person is unwell
    DOUBT = "doubt"  # the person is unwell, or jokes: the reply asks


class Reply(ContentItem):
    """A whole answer: on a career with AI, on a feeling, on the coach itself, or in small talk."""

    says: Prose
    asks: tuple[Line, ...] = Field(min_length=3, max_length=MAX_TOPIC_ASKS)
    buttons: tuple[ReplyButton, ...] = Field(default=(), max_length=2)
    about: ReplyAbout | None = None  # a line is heard by the phrases of all replies about the same


class NotOurs(ContentItem):
    """A topic that the coach leaves to others, how people ask, and what the coach says then."""

    says: Line
    asks: tuple[Line, ...] = Field(min_length=3, max_length=MAX_TOPIC_ASKS)


class Heard(ContentItem):
    """Whole messages of people who need a skill or a topic of this slug: it is heard by their words, not searched."""

    origin: Origin = "extension"
    messages: tuple[Line, ...] = Field(min_length=1, max_length=5000)


class Quiz(NamedTuple):
    skill: Skill
    check: Check


class Lesson(NamedTuple):
    skill: Skill
    tip: Tip
