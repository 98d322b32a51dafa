"""Rules for a question in plain words: what can answer it, how well it fits, and how sure the coach may sound."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from bot.core.catalog import Catalog
from bot.core.content_types import ChallengeTemplate, Lesson, NotOurs, Role, Skill, Theme

MAX_WORDS = 40  # of a question; later ones are ignored
MAX_KEPT_LETTERS = 200  # of a question that a member gives to the authors
MAX_FOUND = 3  # entries in an answer
MAX_SENTENCES = 20  # of a message; each is looked up by itself
MIN_SPELT, MAX_SPELT = 5, 30  # letters; a shorter word has too many neighbours, a longer one takes too long to correct
LETTERS = "abcdefghijklmnopqrstuvwxyz"

# Words that say nothing about what a question is about.
STOP_WORDS = frozenset(
    """
    a about after again all also am an and any anybody anyone anything are as at be because been before being
    but by can cant cannot could couldnt d did didnt do does doesnt doing done dont each else even ever every
    everybody everyone everything few for from get gets getting give given go goes going gonna got had happen
    happens happened happening has hasnt have havent having he hello help her here hey hi him his how i id if
    ill im in into is isnt it its itself ive just keep keeps kind know let lets like ll lot m make makes many
    maybe me mean means might more most much must my myself need needed needs no nor not now of off ok okay on
    once only or other our ours out over own please possible put re really s said say says see shall she should
    shouldnt so some somebody someone something still stuff such sure t take tell than thanks that thats the
    their them then there theres these they theyre thing things this those though thx to today tomorrow too u
    under up ur us use used using v ve very via w want wanted wants was wasnt way we well were weve what whats
    when where which while who whos whose why will with wo wont would y yes yet you your youre yours tips tip
    idea ideas here one two three four five six seven eight nine ten hour hours day days week weeks month year
    years today yesterday tomorrow tonight friday monday tuesday thursday wednesday
    """.split()
)


class EntryKind(StrEnum):
    """What an entry is. A check and a template belong to their skill."""

    SKILL = "skill"
    TIP = "tip"
    ROLE = "role"
    THEME = "theme"
    CHALLENGE = "challenge"
    NOT_OURS = "not ours"


OF_WORK = {EntryKind.SKILL, EntryKind.TIP, EntryKind.NOT_OURS}


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of content that may answer a question. `phrases` are its names and how people ask for it."""

    kind: EntryKind
    slug: str
    title: str
    phrases: tuple[str, ...]
    text: str = ""
    words: tuple[str, ...] = ()  # of a topic that is not ours: each points to it


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that shares words with a question. The figures are from 0 (nothing) to about 1 (everything).

    `text`: bm25 over all its text. `phrase`: likeness to its nearest phrase. `covered`: weight of the question's words
    that it has anywhere. `named`: the question has a word that points to this topic, which is not the coach's.
    """

    entry: Entry
    text: float
    phrase: float
    covered: float
    named: bool = False

    @property
    def score(self) -> float:
        return TEXT_WEIGHT * self.text + PHRASE_WEIGHT * self.phrase


TEXT_WEIGHT, PHRASE_WEIGHT = 0.5, 1.0
SINGLE_WORD = 0.7  # of the likeness of a question and a phrase that share one word only
SURE_PHRASE = 0.66  # likeness to a phrase from which on an entry is said to answer
CERTAIN_PHRASE = 0.6  # from which on an entry is shown although the question may belong to others
NEAR_BEST = 0.6  # of the best score, from which on an entry is shown beside a message
MIN_PHRASE, MIN_COVERED = 0.3, 0.34  # below both an entry is not worth showing


class Degree(StrEnum):
    """How sure the coach is."""

    ANSWERS = "this answers it"
    CLOSEST = "the closest I have"
    UNKNOWN = "I don't know that"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the coach has for a question: up to three entries, the best first; none if it does not know."""

    degree: Degree
    entries: tuple[Entry, ...] = ()
    not_ours: Entry | None = None  # the topic that belongs to others, where the question is about one


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that nothing answered, and how often members gave it to the authors."""

    question: str
    times: int


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation and without apostrophes: `can't` is `cant`."""
    return re.findall(r"[^\W_]+", re.sub(r"['\u2019`]", "", text.casefold()))


def telling(words: Iterable[str]) -> list[str]:
    """Return the words that say what a text is about, without numbers and doubles."""
    return list(dict.fromkeys(word for word in words if word not in STOP_WORDS and not word.isdecimal()))


def spelt(word: str, known: Mapping[str, int]) -> str:
    """Return a known word one typing mistake away, the most frequent one; the word itself if there is none."""
    if word in known or not MIN_SPELT <= len(word) <= MAX_SPELT:
        return word
    near = [other for other in _one_mistake_away(word) if other in known]
    return max(near, key=lambda other: (known[other], other), default=word)


def _one_mistake_away(word: str) -> set[str]:
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = (head + tail[1:] for head, tail in halves if tail)
    swapped = (head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1)
    replaced = (head + letter + tail[1:] for head, tail in halves if tail for letter in LETTERS)
    added = (head + letter + tail for head, tail in halves for letter in LETTERS)
    return set(chain(left_out, swapped, replaced, added))


def likeness(question: Collection[str], phrase: Collection[str], weight: Mapping[str, float]) -> float:
    """Return how much of their weight a question and a phrase share, from 0 to 1. One shared word is a weak hint."""
    both = [word for word in phrase if word in question]
    if not both:
        return 0.0
    asked, said = sum(weight[word] for word in question), sum(weight[word] for word in phrase)
    alike = 2 * sum(weight[word] for word in both) / (asked + said)
    return alike if len(both) > 1 or alike == 1 else SINGLE_WORD * alike


def decide(candidates: Sequence[Candidate]) -> SearchResult:
    ours = sorted((each for each in candidates if each.entry.kind is not EntryKind.NOT_OURS), key=_by_score)
    others = sorted((each for each in candidates if each.entry.kind is EntryKind.NOT_OURS), key=_by_score)
    best, other = next(iter(ours), None), next(iter(others), None)
    if (
        other
        and (best is None or other.named or other.score > best.score)
        and not (best and best.phrase >= CERTAIN_PHRASE)
    ):
        return SearchResult(Degree.UNKNOWN, not_ours=other.entry)
    if best is None or (best.covered < MIN_COVERED and best.phrase < MIN_PHRASE):
        return SearchResult(Degree.UNKNOWN)
    sure = best.phrase >= SURE_PHRASE and not (other and other.named)
    return SearchResult(Degree.ANSWERS if sure else Degree.CLOSEST, tuple(each.entry for each in ours[:MAX_FOUND]))


def sentences(message: str) -> list[str]:
    """Return the first sentences of a message. A dot within a word, such as `v2.3`, ends none."""
    parts = (part.strip() for part in re.split(r"[.!?\u2026]+(?:\s|$)|[\n\u3002\uff01\uff1f]+", message))
    return [part for part in parts if part][:MAX_SENTENCES]


def for_work(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates that say how work is done, without those that are far from the best one.

    The topics that are not the coach's stay: they say that there is nothing to show.
    """
    known = [each for each in candidates if each.entry.kind in OF_WORK]
    best = max((each.score for each in known if each.entry.kind is not EntryKind.NOT_OURS), default=0.0)
    return [each for each in known if each.entry.kind is EntryKind.NOT_OURS or each.score >= NEAR_BEST * best]


def together(whole: SearchResult, parts: Iterable[SearchResult]) -> SearchResult:
    """Return what fits a message: entries that surely answer one of its sentences, then those close to all of it.

    It is never called an answer: nobody asked the coach.
    """
    if whole.not_ours is not None:
        return whole
    sure = (part.entries[0] for part in parts if part.degree is Degree.ANSWERS)
    found = tuple(dict.fromkeys((*sure, *whole.entries)))[:MAX_FOUND]
    return SearchResult(Degree.CLOSEST if found else Degree.UNKNOWN, found)


def _by_score(candidate: Candidate) -> tuple[bool, float, str]:
    return not candidate.named, -candidate.score, candidate.entry.slug


def entries_of(catalog: Catalog) -> tuple[Entry, ...]:
    """Return everything that may answer a question, and the topics that are not the coach's."""
    return (
        *map(_skill, catalog.skills.values()),
        *(_tip(lesson) for lessons in catalog.lessons_of.values() for lesson in lessons),
        *map(_role, catalog.roles.values()),
        *map(_theme, catalog.themes.values()),
        *map(_challenge, catalog.challenges.values()),
        *map(_not_ours, catalog.not_ours),
    )


def _skill(skill: Skill) -> Entry:
    checks = chain.from_iterable((check.ask, *(each.text for each in check.options)) for check in skill.checks)
    copied = (text for text in (skill.template, skill.example) if text)
    looks = skill.looks_like
    text = (
        skill.why,
        skill.first_exercise,
        *skill.mistakes,
        looks.aware,
        looks.working,
        looks.teaching,
        *checks,
        *copied,
    )
    source = (skill.source_line,) if skill.source_line else ()
    phrases = (skill.name, *source, *skill.aliases, *skill.asks)
    return Entry(EntryKind.SKILL, skill.slug, skill.name, phrases, "\n".join(text))


def _tip(lesson: Lesson) -> Entry:
    tip = lesson.tip
    return Entry(
        EntryKind.TIP,
        tip.id,
        tip.title,
        (tip.title, *tip.asks),
        f"{tip.instructions}\n{tip.done_when}\n{lesson.skill.name}",
    )


def _role(role: Role) -> Entry:
    text = (role.before, role.after, *chain.from_iterable(lines for _, lines in role.lists))
    return Entry(
        EntryKind.ROLE, role.slug, role.choice, (role.name, role.becomes, *role.aliases, *role.asks), "\n".join(text)
    )


def _theme(theme: Theme) -> Entry:
    return Entry(
        EntryKind.THEME, theme.slug, theme.name, (theme.name, *theme.asks), "\n".join((theme.in_short, *theme.lines))
    )


def _challenge(template: ChallengeTemplate) -> Entry:
    text = (template.do, template.done_when, template.evidence)
    return Entry(EntryKind.CHALLENGE, template.slug, template.name, (template.name, *template.asks), "\n".join(text))


def _not_ours(topic: NotOurs) -> Entry:
    return Entry(EntryKind.NOT_OURS, topic.slug, topic.says, topic.asks, words=topic.words)
