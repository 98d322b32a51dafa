"""Hear what somebody writes: which phrases of the content it names, and what therefore answers it.

A phrase is named where all of its words that say something are in the line, in any order. `a/b` in it is one of several
words, and `…` stands for words of the person: a skill, a role, a day.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from bot.core.questions import MAX_FOUND, SAID, TOPICS, Entry, EntryKind, SearchResult
from bot.core.words import ASKING, LAUGHS, LIGHT, OF_AI, OF_TIPS, TIMES, stem, words_of

LEAD = frozenset("hey hi hello ok okay so well and just also now today finally already have i am we yes".split())
STRESS = frozenset("just really so very honestly literally actually totally completely simply even".split())
TIME_STEMS = frozenset(map(stem, TIMES))
BESIDE = TIME_STEMS.union(map(stem, OF_TIPS))  # may stand beside what is said of a tip or of oneself
MIN_LETTERS, MANY_LETTERS = 5, 7  # of a word whose spelling is corrected, and of one in which a letter may be wrong
MAX_CLAUSES = 9  # of a line; later ones are not heard by themselves
OF_A_NAME = 5.0  # what each word of a phrase that is named adds to the score of its entry
JUMBLED = {"".join(sorted(word)): word for word in sorted(LIGHT | ASKING) if len(word) > 2}  # by their letters
_GREETING = r"(?:(?:hey|hi|hello|ok|okay|so|well|um|please|pls|sorry|oh|yo)\b\W*)*"
_TELLING = (
    r"(?:(?:can|could|would|will) (?:you|u) (?:please |pls |just )?(?:tell|let) me(?: know)?|(?:do|would) you know"
    r"|i (?:want|need|would like|wanted) to know|i'd like to know|(?:please |pls )?tell me|let me know|i was wondering"
    r"|i wonder|any idea|i have a question)\b(?: (?:if|whether|about))?"
)
_FRAME = re.compile(rf"^\W*{_GREETING}{_TELLING}\W*(?=\w)", re.IGNORECASE)  # it stands before a question
_CLAUSES = re.compile(r"[.!?;,:\n]+|\b(?:and|but|because|so)\b")

Ranked = Callable[[Sequence[str]], Sequence[tuple[Entry, float]]]
Resolve = Callable[[Entry, str], str]


class Phrase(NamedTuple):
    """A phrase of an entry: for each word that must be there, the stems of which one is enough.

    `stems` and `words` are those of all its words, and `choices` counts the groups of several. `is_open`: it has a `…`.
    """

    entry: Entry
    groups: tuple[frozenset[str], ...]
    words: frozenset[str]
    stems: frozenset[str]
    choices: int
    is_open: bool


class Named(NamedTuple):
    """An entry that a line names: how much its phrase says of the line, of how much the line says.

    `likeness`: of all words, from 0 to 1. `is_whole`: nothing else is said. `rest`: the person's words, if they matter.
    """

    entry: Entry
    weight: float
    of: float
    likeness: float
    is_whole: bool
    rest: str = ""


class Hearing:
    """All phrases of the content, by their stems."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._phrases = [phrase for entry in entries for text in entry.phrases if (phrase := _phrase(entry, text))]
        self._holding: dict[str, list[tuple[int, int]]] = defaultdict(list)  # stem → phrases, and the group in each
        self._own: dict[tuple[EntryKind, str], set[str]] = defaultdict(set)  # all stems in the phrases of an entry
        for number, phrase in enumerate(self._phrases):
            for place, group in enumerate(phrase.groups):
                self._own[phrase.entry.kind, phrase.entry.slug] |= group
                for each in group:
                    self._holding[each].append((number, place))
        in_phrases = {word for entry in entries for text in entry.phrases for word in words_of(text)}
        in_texts = {word for entry in entries for word in words_of(entry.text, len(entry.text))}
        self._known = in_phrases | in_texts | LIGHT | ASKING | OF_TIPS | TIMES
        self._stems = frozenset(map(stem, self._known))
        self._near = {less: word for word in sorted(in_phrases) if len(word) >= MIN_LETTERS for less in _less(word)}

    def spelt(self, line: str) -> list[str]:
        """Return the words of a line as the content spells them: `promts` as `prompts`."""
        words = words_of(_FRAME.sub("", line))
        return [word if word in self._known or stem(word) in self._stems else self._nearest(word) for word in words]

    def _nearest(self, word: str) -> str:
        if jumbled := JUMBLED.get("".join(sorted(word))):
            return jumbled
        for less in _less(word) if len(word) >= MIN_LETTERS else ():
            meant = self._near.get(less, "")
            is_near = less in (word, meant) or sorted(meant) == sorted(word) or len(word) >= MANY_LETTERS
            if meant[:1] == word[0] and is_near:
                return meant
        return word

    def named(self, words: Sequence[str]) -> list[Named]:
        """Return the entries that a line names, each once, those first that say all of it, and most."""
        stems, hits = {stem(word): word for word in words}, defaultdict[int, set[int]](set)
        for each in stems:
            for number, place in self._holding.get(each, ()):
                hits[number].add(place)
        complete = (number for number, places in hits.items() if len(places) == len(self._phrases[number].groups))
        named = [found for number in complete if (found := self._named(self._phrases[number], words, stems))]
        named.sort(key=lambda found: (not found.is_whole, -found.weight, -found.likeness))
        best: dict[tuple[EntryKind, str], Named] = {}
        for found in named:
            best.setdefault((found.entry.kind, found.entry.slug), found)
        return list(best.values())

    def _named(self, phrase: Phrase, words: Sequence[str], stems: Mapping[str, str]) -> Named | None:
        entry, matched = phrase.entry, frozenset().union(*phrase.groups)
        saying = {each: _weight(word) for each, word in stems.items() if word not in _silent(entry)}
        common, of = len(phrase.stems & stems.keys()) + phrase.choices, sum(saying.values())
        if phrase.is_open:
            rest = _rest(words, phrase.words)
            likeness = 0.9 * (common + len(rest)) / len(stems)
            return Named(entry, of, of, likeness, is_whole=True, rest=" ".join(rest)) if rest else None
        size = len(phrase.stems) + phrase.choices
        likeness = common / (len(stems) + size - common)
        left, own = saying.keys() - matched, self._own[entry.kind, entry.slug]
        weight = sum(saying[each] for each in saying.keys() & matched)
        if entry.kind is EntryKind.DISTRESS:
            is_whole = left - own <= TIME_STEMS and _is_as_said(phrase, words)
        else:  # other words of the same entry may stand beside it, but not outweigh it
            is_known = all((each in own or saying[each] < 1) and stems[each] not in ASKING for each in left)
            is_whole = is_known and sum(saying[each] for each in left & own) <= weight and 2 * common >= size
        return Named(entry, of if is_whole else weight, of, likeness, is_whole)


def _weight(word: str) -> float:
    if stem(word) in BESIDE or word.isdigit():
        return 0.25
    return 0.5 if word in ASKING else 1.0


def says_nothing(text: str) -> bool:
    """Return whether no word of a text says anything by itself: "please", "on", "25:99"."""
    return all(word in LIGHT or _weight(word) < 1 for word in words_of(text))


def _silent(entry: Entry) -> frozenset[str]:
    """Return the words that say nothing. Who asks *what* about themselves means another thing than who asks *when*."""
    return LIGHT if entry.kind in SAID else LIGHT | ASKING


def _phrase(entry: Entry, text: str) -> Phrase | None:
    """Return a phrase by the words that must be there: all of them, if none says anything."""
    single, choices = list[str](), list[frozenset[str]]()
    for part in _FRAME.sub("", text).split():
        if "/" in part and entry.kind in TOPICS:
            choices.append(frozenset(stem(word) for one in part.split("/") for word in words_of(one)))
        else:
            single += words_of(part)
    saying = [word for word in single if word not in _silent(entry) and not (word.isdigit() and entry.kind in SAID)]
    if not choices and set(saying) <= {"not", "ai"}:
        saying = single
    groups = (*choices, *(frozenset([stem(word)]) for word in dict.fromkeys(saying)))
    stems = frozenset(map(stem, single))
    return Phrase(entry, groups, frozenset(single), stems, len(choices), "…" in text) if groups else None


def _rest(words: Sequence[str], own: frozenset[str]) -> list[str]:
    """Return the words that are not of an open phrase, if the line begins with it; none if they say nothing."""
    first = next((place for place, word in enumerate(words) if word in own - LIGHT), 0)
    left = [word for word in words[first:] if word not in own]
    if not (LEAD | own).issuperset(words[:first]) or not own - LIGHT <= set(words):
        return []
    while left and left[0] in LIGHT:
        left.pop(0)
    while left and left[-1] in LIGHT:
        left.pop()
    return left if any(_weight(word) == 1 for word in left) else []


def _is_as_said(phrase: Phrase, words: Sequence[str]) -> bool:
    """Return whether a phrase of the entry stands in a line word for word."""
    said = f" {' '.join(word for word in words if word not in STRESS)} "
    phrases = (" ".join(word for word in words_of(text) if word not in STRESS) for text in phrase.entry.phrases)
    return any(f" {text} " in said for text in phrases)


def _less(word: str) -> Iterator[str]:
    """Yield a word, and the word without each one of its letters."""
    yield word
    yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def decide(hearing: Hearing, line: str, ranked: Ranked, resolve: Resolve) -> SearchResult:
    """Return what answers a line.

    What people say of themselves comes before any search, and a topic decides only if it is named. `ranked` searches;
    `resolve` returns what the person's words in an open phrase name; nothing if they name nothing.
    """
    words = hearing.spelt(line)
    every = [each for each in hearing.named(words) if not each.rest or resolve(each.entry, each.rest)]
    parts = [hearing.named(hearing.spelt(part)) for part in _CLAUSES.split(line)[:MAX_CLAUSES]]
    if (distress := _distress(line, (every, *parts))) is not None:
        return SearchResult(topic=distress, is_sure=True)
    named = [each for each in every if each.entry.kind is not EntryKind.DISTRESS]
    ours = [each for each in named if each.entry.kind not in TOPICS]
    exact = [each for each in named if each.likeness == 1]
    whole = [each for each in (*exact, *named) if each.is_whole and each.entry.kind in SAID] or _clause(words, parts)
    if len(exact) == 1 and exact[0].entry.kind not in SAID:
        is_ours = exact[0] in ours
        return find(words, ours, ranked(words), exact[0].entry) if is_ours else _topic(exact[0])
    most = max((each.weight for each in ours), default=0)
    topics = (each for each in named if each.entry.kind in TOPICS and _is_about(each, most))
    if topic := next(chain(whole, topics), None):
        roles = [each.entry for each in ours if each.entry.kind is EntryKind.ROLE]
        return _topic(topic, topic.rest and resolve(topic.entry, topic.rest), *roles[:1])
    return find(words, ours, ranked(words))


def _topic(topic: Named, rest: str = "", *entries: Entry) -> SearchResult:
    return SearchResult(entries, topic.entry, is_sure=topic.likeness == 1, rest=rest)


def _distress(line: str, parts: Iterable[Sequence[Named]]) -> Entry | None:
    """Return what answers distress, if a part of a line says nothing else. Who laughs does not mean it."""
    if not LAUGHS.isdisjoint(re.findall(r"\w+|[^\w\s]", line.casefold())):
        return None
    said = (each for part in parts for each in part if each.entry.kind is EntryKind.DISTRESS and each.is_whole)
    return next((each.entry for each in said), None)


def _clause(words: Sequence[str], parts: Sequence[Sequence[Named]]) -> list[Named]:
    """Return what the first part of a line says by itself, or another part that is half of it."""
    total = sum(_weight(word) for word in words if word not in LIGHT)
    for place, part in enumerate(parts):
        for each in part:
            if each.is_whole and each.weight >= 1 and each.entry.kind is EntryKind.PERSONAL and not each.rest:
                return [each] if place == 0 or 2 * each.of >= total else []
    return []


def _is_about(topic: Named, most: float) -> bool:
    """Return whether a topic is most of what a line says, and more of it than what is taught. `most`: of the latter."""
    if topic.entry.kind in SAID:
        return topic.weight >= max(2, most) and 3 * topic.weight >= 2 * topic.of
    return topic.weight > most and 2 * topic.weight >= topic.of


def _is_close(named: Named) -> bool:
    return 2 * named.weight >= named.of and (named.weight >= 2 or named.weight == named.of)


def find(
    words: Sequence[str], ours: Sequence[Named], ranking: Sequence[tuple[Entry, float]], first: Entry | None = None
) -> SearchResult:
    """Return the entries that fit best: those that are named are lifted, and `first` comes first."""
    scores = dict(ranking)
    for each in ours:
        scores[each.entry] = scores.get(each.entry, 0) + OF_A_NAME * each.weight
    best = sorted(scores, key=lambda entry: (entry is not first, -scores[entry]))
    entries = tuple(best[:MAX_FOUND])
    is_close = first or not OF_AI.isdisjoint(words) or any(_is_close(each) for each in ours)
    return SearchResult(entries, is_sure=first is not None, is_guess=bool(entries) and not is_close)
