"""Rules for a question in plain words: what can answer it, what the index looks for, and which of its finds count."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Lesson, Role, Skill, Theme
from bot.core.matching import plain

MAX_WORDS = 100  # of a question; later ones are ignored
MAX_KEPT_LETTERS = 200  # of a question that a member gives to the authors
MAX_FOUND = 3  # entries in an answer
PHRASES_OF_A_TIP = 4  # its title and how people ask for it


class EntryKind(StrEnum):
    """What an entry is. A check and a template belong to their skill."""

    SKILL = "skill"
    TIP = "tip"
    ROLE = "role"
    THEME = "theme"
    CHALLENGE = "challenge"
    PERSONAL = "personal"
    NOT_OURS = "not ours"


TOPICS = {EntryKind.PERSONAL, EntryKind.NOT_OURS}  # what is asked about and not taught
OF_WORK = {EntryKind.SKILL, EntryKind.TIP, EntryKind.NOT_OURS}


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of content that may answer a question. `phrases` are its names and how people ask for it, as `bare`.

    `title`: of a topic that is not ours, what the coach says; of a personal one, the verb that answers it.
    """

    kind: EntryKind
    slug: str
    title: str
    phrases: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the coach has for a question: up to three entries, the best first; or the topic that it is about.

    `is_sure`: the question is a phrase of the first entry, or of the topic, and of no other.
    """

    entries: tuple[Entry, ...] = ()
    topic: Entry | None = None
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that nothing answered, and how often members gave it to the authors."""

    question: str
    times: int


def bare(text: str) -> str:
    """Return a text as `plain` does, but with its apostrophes left out: `Can't I?` is `cant i`."""
    return plain(re.sub(r"['\u2019`]", "", text))


def any_word_of(question: str) -> str:
    """Return what FTS5 looks for. Each word stands in quotes, so nothing that a person typed is read as its syntax."""
    return " OR ".join(f'"{word}"' for word in list(dict.fromkeys(bare(question).split()))[:MAX_WORDS])


def decide(question: str, ranked: Sequence[Entry]) -> SearchResult:
    """Return what answers a question, of the entries that share words with it, the best first.

    Entries with this very phrase come before all others. A topic that comes first decides alone.
    """
    asked = bare(question)
    same = [each for each in ranked if asked in each.phrases]
    found, is_sure = dict.fromkeys((*same, *ranked)), len(same) == 1
    first = next(iter(found), None)
    if first is None or first.kind in TOPICS:
        return SearchResult(topic=first, is_sure=is_sure)
    return SearchResult(tuple(each for each in found if each.kind not in TOPICS)[:MAX_FOUND], is_sure=is_sure)


def entries_of(catalog: Catalog) -> tuple[Entry, ...]:
    """Return everything that may answer a question, and the topics that are not taught.

    A topic is cut into entries with as many phrases as a tip has: a row in which everything stands fits everything.
    """
    return (
        *map(_skill, catalog.skills.values()),
        *(_tip(lesson) for lessons in catalog.lessons_of.values() for lesson in lessons),
        *map(_role, catalog.roles.values()),
        *map(_theme, catalog.themes.values()),
        *map(_challenge, catalog.challenges.values()),
        *chain.from_iterable(_topic(EntryKind.PERSONAL, each.slug, each.verb, each.asks) for each in catalog.personal),
        *chain.from_iterable(_topic(EntryKind.NOT_OURS, each.slug, each.says, each.asks) for each in catalog.not_ours),
    )


def _skill(skill: Skill) -> Entry:
    checks = chain.from_iterable((check.ask, *(each.text for each in check.options)) for check in skill.checks)
    looks, copied = skill.looks_like, (skill.template or "", skill.example or "")
    levels = (looks.aware, looks.working, looks.teaching)
    phrases = (skill.name, skill.slug, skill.source_line or skill.name, *skill.aliases, *skill.asks)
    text = (skill.why, skill.first_exercise, *skill.mistakes, *levels, *checks, *copied)
    return _entry(EntryKind.SKILL, skill.slug, skill.name, phrases, text)


def _tip(lesson: Lesson) -> Entry:
    tip = lesson.tip
    text = (tip.instructions, tip.done_when, lesson.skill.name)
    return _entry(EntryKind.TIP, tip.id, tip.title, (tip.title, *tip.asks), text)


def _role(role: Role) -> Entry:
    text = (role.before, role.after, *chain.from_iterable(lines for _, lines in role.lists))
    return _entry(EntryKind.ROLE, role.slug, role.choice, (*role.titles, *role.asks), text)


def _theme(theme: Theme) -> Entry:
    return _entry(EntryKind.THEME, theme.slug, theme.name, (theme.name, *theme.asks), (theme.in_short, *theme.lines))


def _challenge(template: ChallengeTemplate) -> Entry:
    text = (template.do, template.done_when, template.evidence)
    return _entry(EntryKind.CHALLENGE, template.slug, template.name, (template.name, *template.asks), text)


def _topic(kind: EntryKind, slug: str, title: str, asks: Sequence[str]) -> Iterable[Entry]:
    parts = (asks[at : at + PHRASES_OF_A_TIP] for at in range(0, len(asks), PHRASES_OF_A_TIP))
    return (_entry(kind, slug, title, part) for part in parts)


def _entry(kind: EntryKind, slug: str, title: str, phrases: Iterable[str], text: Iterable[str] = ()) -> Entry:
    return Entry(kind, slug, title, tuple(map(bare, phrases)), bare("\n".join(text)))
