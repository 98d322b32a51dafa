"""What can answer what somebody writes: the entries of the content, each with the phrases that name it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from bot.core.catalog import Catalog
from bot.core.content_types import ReplyAbout

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
TOPICS = {EntryKind.PERSONAL, EntryKind.REPLY, EntryKind.DISTRESS, EntryKind.NOT_OURS}  # each is an answer by itself
LESSONS = set(EntryKind) - TOPICS
HEARD = {EntryKind.SKILL, *TOPICS}  # for which whole messages of people may be written down


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of content that may answer a line."""

    kind: EntryKind
    slug: str
    title: str  # or what the coach says; of a personal one, the verb that answers
    phrases: tuple[str, ...]  # its names, and how people ask for it
    text: str = ""
    about: ReplyAbout | EntryKind | None = None  # it is heard by the phrases of all that is about the same
    messages: tuple[str, ...] = ()  # of people who need it: it is heard by them, too, and not searched

    @property
    def is_open(self) -> bool:
        """Return whether it takes words of the person."""
        return any("…" in phrase for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class SearchResult:
    entries: tuple[Entry, ...] = ()  # up to three, the best first
    topic: Entry | None = None  # that it is about
    is_sure: bool = False  # the line is a phrase of the first entry, or of the topic, and of no other
    is_guess: bool = False  # nothing is named, so the entries are only those that are closest
    rest: str = ""  # the words of the person that the topic takes

    @property
    def is_unsure(self) -> bool:
        return self.topic is None and (self.is_guess or not self.entries)


def entries_of(catalog: Catalog) -> tuple[Entry, ...]:
    skills, roles, themes = list[Entry](), list[Entry](), list[Entry]()
    for skill in catalog.skills.values():
        looks, copied = skill.looks_like, (skill.template or "", skill.example or "")
        checks = chain.from_iterable((check.ask, *(option.text for option in check.options)) for check in skill.checks)
        levels = (looks.aware, looks.working, looks.teaching)
        phrases = (skill.name, skill.slug, skill.source_line or skill.name, *skill.aliases, *skill.asks)
        text = (skill.why, skill.first_exercise, *skill.mistakes, *levels, *checks, *copied)
        skills.append(_entry(EntryKind.SKILL, skill.slug, skill.name, phrases, text))
    for role in catalog.roles.values():
        text = (role.before, role.after, *chain.from_iterable(lines for _, lines in role.lists))
        roles.append(_entry(EntryKind.ROLE, role.slug, role.choice, (*role.titles, *role.asks), text))
    for theme in catalog.themes.values():
        mottos = (motto.text for motto in catalog.mottos if motto.theme == theme.slug)
        phrases = (theme.name, *mottos, *theme.lines, *theme.asks)
        themes.append(_entry(EntryKind.THEME, theme.slug, theme.name, phrases, (theme.in_short,)))
    tips = (
        _entry(EntryKind.TIP, tip.id, tip.title, (tip.title, *tip.asks), (tip.instructions, tip.done_when, skill.name))
        for skill, tip in catalog.tips
    )
    challenges = [
        _entry(EntryKind.CHALLENGE, each.slug, each.name, (each.name, *each.asks), text)
        for each in catalog.challenges.values()
        for text in [(each.do, each.done_when, each.evidence)]
    ]
    boundaries = (Entry(EntryKind.BOUNDARY, each.slug, each.name, (each.name,)) for each in catalog.boundaries)
    labs = (
        _entry(EntryKind.LAB, lab.slug, lab.name, (lab.name, *lab.asks), (lab.ask,)) for lab in catalog.labs.values()
    )
    own = EntryKind.PERSONAL
    personal = (Entry(own, each.slug, each.verb, each.asks, about=own) for each in catalog.personal)
    replies = (
        Entry(kind, each.slug, each.says, each.asks, about=each.about)
        for each in catalog.replies
        for kind in [EntryKind.DISTRESS if each.about is ReplyAbout.DISTRESS else EntryKind.REPLY]
    )
    not_ours = (Entry(EntryKind.NOT_OURS, each.slug, each.says, each.asks) for each in catalog.not_ours)
    entries = (*skills, *tips, *roles, *themes, *challenges, *boundaries, *labs, *personal, *replies, *not_ours)
    return tuple(
        replace(entry, messages=catalog.heard[entry.slug].messages)
        if entry.kind in HEARD and entry.slug in catalog.heard
        else entry
        for entry in entries
    )


def _entry(kind: EntryKind, slug: str, title: str, phrases: Iterable[str], text: Iterable[str] = ()) -> Entry:
    return Entry(kind, slug, title, tuple(dict.fromkeys(phrases)), "\n".join(text))
