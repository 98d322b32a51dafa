"""Rules for a question in plain words: what can answer it, what the index looks for, and which of its finds count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Lesson, Role, Skill, Theme

MAX_WORDS = 100  # of a question; later ones are ignored
MAX_KEPT_LETTERS = 200  # of a question that a member gives to the authors
MAX_FOUND = 3  # entries in an answer


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
    """A piece of content that may answer a question. `phrases` are its names and how people ask for it.

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

    `is_sure`: the question is one of the phrases of the first entry, or of the topic.
    """

    entries: tuple[Entry, ...] = ()
    topic: Entry | None = None
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that nothing answered, and how often members gave it to the authors."""

    question: str
    times: int


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation and without apostrophes: `can't` is `cant`."""
    return re.findall(r"[^\W_]+", re.sub(r"['\u2019`]", "", text.casefold()))


def any_word_of(question: str) -> str:
    """Return what FTS5 looks for. Each word stands in quotes, so nothing that a person typed is read as its syntax."""
    return " OR ".join(f'"{word}"' for word in list(dict.fromkeys(words_of(question)))[:MAX_WORDS])


def decide(question: str, ranked: Sequence[Entry]) -> SearchResult:
    """Return what answers a question, of the entries that share words with it, the best first.

    An entry with this very phrase comes before all others. A topic that comes first decides alone.
    """
    asked = words_of(question)
    same = next((each for each in ranked for phrase in each.phrases if words_of(phrase) == asked), None)
    first = same or next(iter(ranked), None)
    if first is None or first.kind in TOPICS:
        return SearchResult(topic=first, is_sure=same is not None)
    others = (each for each in ranked if each is not first and each.kind not in TOPICS)
    return SearchResult((first, *others)[:MAX_FOUND], is_sure=same is not None)


def entries_of(catalog: Catalog) -> tuple[Entry, ...]:
    """Return everything that may answer a question, and each phrase of the topics that are not taught."""
    return (
        *map(_skill, catalog.skills.values()),
        *(_tip(lesson) for lessons in catalog.lessons_of.values() for lesson in lessons),
        *map(_role, catalog.roles.values()),
        *map(_theme, catalog.themes.values()),
        *map(_challenge, catalog.challenges.values()),
        *(Entry(EntryKind.PERSONAL, each.slug, each.verb, (ask,)) for each in catalog.personal for ask in each.asks),
        *(Entry(EntryKind.NOT_OURS, each.slug, each.says, (ask,)) for each in catalog.not_ours for ask in each.asks),
    )


def _skill(skill: Skill) -> Entry:
    checks = chain.from_iterable((check.ask, *(each.text for each in check.options)) for check in skill.checks)
    looks, copied = skill.looks_like, (text for text in (skill.template, skill.example) if text)
    levels = (looks.aware, looks.working, looks.teaching)
    text = (skill.why, skill.first_exercise, *skill.mistakes, *levels, *checks, *copied)
    source = (skill.source_line,) if skill.source_line else ()
    phrases = (skill.name, skill.slug, *source, *skill.aliases, *skill.asks)
    return Entry(EntryKind.SKILL, skill.slug, skill.name, phrases, "\n".join(text))


def _tip(lesson: Lesson) -> Entry:
    tip = lesson.tip
    text = (tip.instructions, tip.done_when, lesson.skill.name)
    return Entry(EntryKind.TIP, tip.id, tip.title, (tip.title, *tip.asks), "\n".join(text))


def _role(role: Role) -> Entry:
    text = (role.before, role.after, *chain.from_iterable(lines for _, lines in role.lists))
    phrases = (role.name, role.becomes, *role.aliases, *role.asks)
    return Entry(EntryKind.ROLE, role.slug, role.choice, phrases, "\n".join(text))


def _theme(theme: Theme) -> Entry:
    text = (theme.in_short, *theme.lines)
    return Entry(EntryKind.THEME, theme.slug, theme.name, (theme.name, *theme.asks), "\n".join(text))


def _challenge(template: ChallengeTemplate) -> Entry:
    text = (template.do, template.done_when, template.evidence)
    return Entry(EntryKind.CHALLENGE, template.slug, template.name, (template.name, *template.asks), "\n".join(text))
