"""What can answer what somebody writes: the entries of the content, each with the phrases that name it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Lesson, Role, Skill, Theme
from bot.core.topics import ReplyAbout

MAX_FOUND = 3  # entries in an answer


class EntryKind(StrEnum):
    """What an entry is. A check and a template belong to their skill."""

    SKILL = "skill"
    TIP = "tip"
    ROLE = "role"
    THEME = "theme"
    CHALLENGE = "challenge"
    BOUNDARY = "boundary"
    LAB = "lab"
    PERSONAL = "personal"
    REPLY = "reply"
    DISTRESS = "distress"
    NOT_OURS = "not ours"


OF_WORK = {EntryKind.SKILL, EntryKind.TIP}
# What people say of themselves; all else is something that they ask about.
SAID = {EntryKind.PERSONAL, EntryKind.REPLY, EntryKind.DISTRESS}
TOPICS = {*SAID, EntryKind.NOT_OURS}  # each is an answer by itself


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of content that may answer a line. `phrases` are its names and how people ask for it.

    `situations`: what people write who need it; it is heard by them, too, and not searched.
    `title`: of a reply and of a topic that is not ours, what the coach says; of a personal one, the verb that answers.
    """

    kind: EntryKind
    slug: str
    title: str
    phrases: tuple[str, ...]
    text: str = ""
    about: ReplyAbout | None = None
    situations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the coach has for a line: up to three entries, the best first; or the topic that it is about.

    `is_sure`: the line is a phrase of the first entry, or of the topic, and of no other. `is_guess`: nothing is named,
    so the entries are only those that are closest. `rest`: the words of the person that the topic takes.
    """

    entries: tuple[Entry, ...] = ()
    topic: Entry | None = None
    is_sure: bool = False
    is_guess: bool = False
    rest: str = ""


def entries_of(catalog: Catalog) -> tuple[Entry, ...]:
    """Return everything that may answer a line."""
    themes = (_theme(catalog, theme) for theme in catalog.themes.values())
    boundaries = (
        Entry(EntryKind.BOUNDARY, boundary.slug, boundary.name, (boundary.name,)) for boundary in catalog.boundaries
    )
    replies = (
        Entry(
            EntryKind.DISTRESS if reply.about is ReplyAbout.DISTRESS else EntryKind.REPLY,
            reply.slug,
            reply.says,
            reply.asks,
            about=reply.about,
            situations=reply.situations,
        )
        for reply in catalog.replies
    )
    return (
        *map(_skill, catalog.skills.values()),
        *map(_tip, catalog.tips),
        *map(_role, catalog.roles.values()),
        *themes,
        *map(_challenge, catalog.challenges.values()),
        *boundaries,
        *(
            _entry(EntryKind.LAB, lab.slug, lab.name, (lab.name, *lab.asks), (lab.ask,))
            for lab in catalog.labs.values()
        ),
        *(
            Entry(EntryKind.PERSONAL, each.slug, each.verb, each.asks, situations=each.situations)
            for each in catalog.personal
        ),
        *replies,
        *(
            Entry(EntryKind.NOT_OURS, not_our.slug, not_our.says, not_our.asks, situations=not_our.situations)
            for not_our in catalog.not_ours
        ),
    )


def _skill(skill: Skill) -> Entry:
    checks = chain.from_iterable((check.ask, *(option.text for option in check.options)) for check in skill.checks)
    looks, copied = skill.looks_like, (skill.template or "", skill.example or "")
    levels = (looks.aware, looks.working, looks.teaching)
    phrases = (skill.name, skill.slug, skill.source_line or skill.name, *skill.aliases, *skill.asks)
    text = (skill.why, skill.first_exercise, *skill.mistakes, *levels, *checks, *copied)
    return replace(_entry(EntryKind.SKILL, skill.slug, skill.name, phrases, text), situations=skill.situations)


def _tip(lesson: Lesson) -> Entry:
    tip = lesson.tip
    text = (tip.instructions, tip.done_when, lesson.skill.name)
    return _entry(EntryKind.TIP, tip.id, tip.title, (tip.title, *tip.asks), text)


def _role(role: Role) -> Entry:
    text = (role.before, role.after, *chain.from_iterable(lines for _, lines in role.lists))
    return _entry(EntryKind.ROLE, role.slug, role.choice, (*role.titles, *role.asks), text)


def _theme(catalog: Catalog, theme: Theme) -> Entry:
    mottos = (motto.text for motto in catalog.mottos if motto.theme == theme.slug)
    phrases = (theme.name, *mottos, *theme.lines, *theme.asks)
    return _entry(EntryKind.THEME, theme.slug, theme.name, phrases, (theme.in_short,))


def _challenge(template: ChallengeTemplate) -> Entry:
    text = (template.do, template.done_when, template.evidence)
    return _entry(EntryKind.CHALLENGE, template.slug, template.name, (template.name, *template.asks), text)


def _entry(kind: EntryKind, slug: str, title: str, phrases: Iterable[str], text: Iterable[str] = ()) -> Entry:
    return Entry(kind, slug, title, tuple(dict.fromkeys(phrases)), "\n".join(text))
