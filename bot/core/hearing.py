"""Hear what somebody writes: whose phrases its words are, and what therefore answers it.

Each word and each pair of words says how much more often it is in the phrases of one entry than in all phrases (naive
Bayes). `a/b` in a phrase is one of several words, and `…` stands for words of the person: a skill, a role, a day.
What is taught is also searched by the words of its texts (BM25).
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import nlargest
from itertools import chain, dropwhile, pairwise
from math import inf, log, log1p, sqrt
from typing import NamedTuple

from bot.core.content_types import ReplyAbout
from bot.core.questions import LESSONS, MAX_FOUND, TOPICS, Entry, EntryKind, SearchResult
from bot.core.words import ASKING, BARE, LAUGHS, LEAD, LIGHT, OF_AI, OF_TIPS, TIMES, WORKERS, stem, words_of

MIN_LETTERS, MANY_LETTERS = 5, 7  # of a word whose spelling is corrected, and of one in which a letter may be wrong
MAX_CLAUSES, MAX_HEARD = 9, 3  # parts of a line that are heard by themselves; topics of which one may be meant
OF_LIGHT, OF_PAIR = 0.3, 0.8  # what a word counts that says nothing by itself, and two words side by side
WORKER = "W"  # a mark for all roles; no word is spelt like it, as lines are read in small letters
FEW, STEEP = 8, 8  # phrases of an entry that prove little yet; how much more a rare word says than a usual one
HEARD, SURELY = 2.3, 4.2  # how sure a topic must be; and where others are meant, or a part of a line is about it
PERHAPS = 0.5  # how sure the whole line must be, for a part of it to be heard
STRANGE = 0.3  # how much less sure a topic is for each word that says something and is in none of its phrases
RIVAL = 0.9  # how much a single entry that is taught counts against a topic
CLOSE = 3.0  # what each word must say for an entry that is searched, if the answer is no guess
EMPTY = LIGHT | ASKING | TIMES | OF_TIPS
SOONER = 2.2  # how much sooner an act, a career or a feeling is heard by the phrases of all topics about it
UNWELL, DOUBTED, IN_A_CLAUSE = 2.5, 0.8, 0.2  # how sure distress must be; to be asked about; how much surer in a part
# Of BM25, as usual; what a word of a phrase counts in a search; and what the phrases of an entry say by Bayes.
SATURATION, BY_LENGTH, OF_PHRASE, LIFT = 1.2, 0.75, 10, 0.7
_SIGNS = re.compile(r":\w+:|\w+|[^\w\s]")
_CLAUSES = re.compile(r"[.!?;,:\n]+|\b(?:and|but|because)\b")

Owner = int  # the number of an entry; or of a group: all that is taught, or all topics about the same
Resolve = Callable[[Entry, str], str]


class Heard(NamedTuple):
    """A topic that a line may be about, how surely, and the words that say something and are in none of its phrases."""

    entry: Entry
    sureness: float
    strange: Sequence[str]


class Vote(NamedTuple):
    """What some words say for each owner.

    `best`: the best score in each group; `saying`: what each word says that says something by itself.
    """

    words: Sequence[str]
    size: float
    scores: Sequence[float]
    best: Mapping[Owner, float]
    saying: Sequence[tuple[str, Mapping[Owner, float]]]

    def strange(self, owner: Owner) -> list[str]:
        """Return the words that say something, and are in no phrase of an owner."""
        return [word for word, says in self.saying if owner not in says]

    def sureness(self, owner: Owner, other: float) -> float:
        """Return how much surer the words are about an owner than about another with this score."""
        return (self.scores[owner] - other) / self.size - STRANGE * len(self.strange(owner))

    def rival(self, group: Owner) -> float:
        """Return the best score outside of a group."""
        return max((score for other, score in self.best.items() if other != group), default=0.0)


class Hearing:
    """All phrases of the content, by their words and pairs of words."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        about = [each.about if each.kind in TOPICS else "taught" for each in entries]
        named = filter(None, dict.fromkeys(("taught", *about)))
        groups = {group: len(entries) + place for place, group in enumerate(named)}
        self._group = [*(groups.get(each or "", number) for number, each in enumerate(about)), *groups.values()]
        self._members = defaultdict[Owner, list[Owner]](list)
        for owner, group in enumerate(self._group):
            self._members[group].append(owner)
        self._taught = groups["taught"]
        self._topics = [number for number, each in enumerate(entries) if each.kind in TOPICS]
        self.about = {each.about: number for number, each in enumerate(entries)}
        self._lessons = [number for number, each in enumerate(entries) if each.kind not in TOPICS]
        self._open = [(each, frozenset(words_of(text))) for each in entries for text in each.phrases if "…" in text]
        names = [(each, words_of(name)) for each in entries if each.kind is EntryKind.ROLE for name in each.phrases]
        heads = {name[-1] for _, name in names if LIGHT.isdisjoint(name)} - OF_AI
        self._workers = frozenset(map(stem, WORKERS | heads))
        self._names = [(each, frozenset(map(stem, name))) for each, name in names]
        self._same = dict[str, tuple[Entry, ...]]()  # who has a phrase of these stems alone
        self._stands_in = dict[str, bytes]()  # in whose phrases a mark stands: their numbers, once for each phrase
        self._in_phrases = set[str]()
        for number, entry in enumerate(entries):
            self._take_in(number, entry)
        sizes = {number: len({*entry.phrases, *entry.messages}) for number, entry in enumerate(entries)}
        self._total, self._sizes = sum(sizes.values()), self._grouped(sizes)
        self._weights = dict[str, Mapping[Owner, float]]()
        self._texts = self._indexed()
        self._stems = frozenset(map(stem, self._in_phrases | EMPTY)) | self._texts.keys()
        self._long = sorted(word for word in self._in_phrases if len(word) >= MIN_LETTERS)

    def _take_in(self, number: int, entry: Entry) -> None:
        """Note the marks of an entry's phrases and messages, and which phrases say all that there is to say."""
        marks, keys = Counter[str](), dict[str, None]()
        for text in dict.fromkeys(entry.phrases):
            spelt = list(_spelt(entry, text))
            self._in_phrases.update(*spelt)
            marks.update(set[str]().union(*map(self._marks, spelt)))
            if "…" not in text:
                keys |= dict.fromkeys(map(_key, spelt))
        for text in entry.messages:
            marks.update(self._marks(words_of(text)).keys())
        alone, own = (entry,), array("H", [number]).tobytes()  # most keys and marks are of one entry: they share these
        for key in keys:
            self._same[key] = self._same.get(key, ()) + alone
        for mark, times in marks.items():
            self._stands_in[mark] = self._stands_in.get(mark, b"") + own * times

    def _indexed(self) -> Mapping[str, Mapping[int, float]]:
        """Return what each stem says in a search for the entries that are taught."""
        stems, lengths = dict[int, Counter[str]](), dict[int, int]()
        for number in self._lessons:
            entry = self.entries[number]
            names = Counter(map(stem, chain.from_iterable(map(words_of, entry.phrases))))
            text = Counter(map(stem, words_of(entry.text, len(entry.text))))
            lengths[number] = names.total() + text.total()
            stems[number] = text + Counter({name: times * OF_PHRASE for name, times in names.items()})
        owners = Counter(chain.from_iterable(stems.values()))
        says = defaultdict[str, dict[int, float]](dict)
        for number, counts in stems.items():
            length = lengths[number] * len(lengths) / sum(lengths.values())
            for name, times in counts.items():
                rare = log((len(stems) - owners[name] + 0.5) / (owners[name] + 0.5))
                often = times * (SATURATION + 1) / (times + SATURATION * (1 - BY_LENGTH + BY_LENGTH * length))
                says[name][number] = max(rare, 0.0) * often
        return says

    def _grouped(self, by_entry: Mapping[int, int]) -> Mapping[Owner, int]:
        """Return counts by entry, and their sums by group."""
        counts = Counter(by_entry)
        for number, count in by_entry.items():
            if (group := self._group[number]) != number:
                counts[group] += count
        return counts

    def _says(self, mark: str) -> Mapping[Owner, float]:
        """Return what a word or a pair says for which owners. It is worked out when it is first asked for."""
        if mark not in self._stands_in:
            return {}
        if mark not in self._weights:
            by_entry = Counter(array("H", self._stands_in[mark]))
            usual = (by_entry.total() + 0.5) / self._total
            self._weights[mark] = {
                owner: log1p(STEEP * times / (self._sizes[owner] + FEW) / usual)
                for owner, times in self._grouped(by_entry).items()
            }
        return self._weights[mark]

    def _marks(self, words: Sequence[str]) -> dict[str, float]:
        """Return what a line is heard by, with how much each counts: stems, and pairs, in which all roles are one."""
        stems = list(map(stem, words))
        alike = [WORKER if each in self._workers else each for each in stems]
        marks = dict.fromkeys(map(" ".join, pairwise(alike)), OF_PAIR)
        return marks | {each: OF_LIGHT if word in LIGHT else 1.0 for each, word in zip(stems, words, strict=True)}

    def spelt(self, line: str) -> list[str]:
        """Return the words of a line as the content spells them: `promts` as `prompts`."""
        return [word if stem(word) in self._stems else self._nearest(word) for word in words_of(line)]

    def _nearest(self, word: str) -> str:
        alike = (each for each in self._long if each[0] == word[0] and abs(len(each) - len(word)) <= 1)
        near = {less: each for each in alike for less in _less(each)}
        for less in filter(near.__contains__, _less(word) if len(word) >= MIN_LETTERS else ()):
            meant = near[less]
            if less in (word, meant) or sorted(meant) == sorted(word) or len(word) >= MANY_LETTERS:
                return meant
        return word

    def same(self, words: Sequence[str]) -> tuple[Entry, ...]:
        """Return the entries that have this line as a phrase."""
        alike, said = self._same.get(_key(words), ()), list(words)
        exactly = (each for each in alike if any(said in _spelt(each, text) for text in each.phrases))
        return (tuple(exactly) if len(alike) > 1 else ()) or alike

    def vote(self, words: Sequence[str]) -> Vote:
        marks, scores = self._marks(words), [0.0] * len(self._group)
        for mark, times in marks.items():
            for owner, weight in self._says(mark).items():
                scores[owner] += times * weight
        best = {group: max(map(scores.__getitem__, owners)) for group, owners in self._members.items()}
        saying = [(word, self._says(stem(word))) for word in _saying(words)]
        return Vote(words, sqrt(sum(marks.values())), scores, best, saying)

    def heard(self, vote: Vote) -> list[Heard]:
        """Return the topics that words are most about, the first one first. Distress is none of them.

        If they are most like distress, the topics are replies alone, so that nobody gets a task then.
        """
        scores = vote.scores
        taught = max(scores[self._taught], RIVAL * max(map(scores.__getitem__, self._lessons), default=0.0))

        def score(number: int) -> tuple[float, float]:
            """Return what the words say for the group of a topic, and for the topic itself."""
            return max(scores[number], scores[self._group[number]]), scores[number]

        heard = []
        for number in nlargest(MAX_HEARD, filter(scores.__getitem__, self._topics), key=score):
            entry, group, sureness = self.entries[number], self._group[number], vote.sureness(number, taught)
            if entry.about:
                sureness = max(sureness, vote.sureness(group, vote.rival(group)) + SOONER)
            heard.append(Heard(entry, sureness, vote.strange(number)))
        is_grave = bool(heard) and heard[0].entry.kind is EntryKind.DISTRESS
        kinds = {EntryKind.REPLY} if is_grave else TOPICS - {EntryKind.DISTRESS}
        return [topic for topic in heard if topic.entry.kind in kinds]

    def distress(self, votes: Sequence[Vote]) -> float:
        """Return how surely a line or a clause is about distress; a phrase of it is surest."""
        number, sureness = self.about.get(ReplyAbout.DISTRESS, -1), 0.0
        for vote in votes if number >= 0 else ():
            if self.entries[number] in self.same(vote.words):
                return inf
            if vote.scores[number]:
                own = vote.sureness(number, vote.rival(self._group[number]))
                sureness = max(sureness, own - IN_A_CLAUSE * (vote is not votes[0]))
        return sureness

    def opened(self, words: Sequence[str]) -> Iterator[tuple[Entry, str]]:
        """Yield each entry with an open phrase that a line begins with, and the words of the person in it."""
        said = set(words)
        for entry, own in self._open:
            if (telling := own - LIGHT or own) <= said and (rest := _rest(words, own, telling)):
                yield entry, " ".join(rest)

    def searched(self, vote: Vote, kinds: Collection[EntryKind]) -> list[tuple[Entry, bool]]:
        """Return the entries of some kinds that fit the words best, the first one first, and whether each is close."""
        found = defaultdict[int, float](float)
        for each in dict.fromkeys(map(stem, vote.words)):
            for number, score in self._texts.get(each, {}).items():
                found[number] += score
        wanted = [number for number in found if self.entries[number].kind in kinds]
        best = nlargest(MAX_FOUND, wanted, key=lambda number: found[number] + LIFT * vote.scores[number])
        return [(self.entries[number], vote.scores[number] >= CLOSE * vote.size**2) for number in best]

    def named_roles(self, words: Sequence[str]) -> list[Entry]:
        said = set(map(stem, words))
        return [role for role, name in self._names if name <= said]


def says_nothing(text: str) -> bool:
    """Return whether no word of a text says anything by itself: "please", "on", "25:99"."""
    return not _saying(words_of(text))


def _saying(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in EMPTY and not word.isdigit()]


def _spelt(entry: Entry, text: str) -> Iterator[list[str]]:
    """Yield the words of a phrase, once with each of the words where it has several."""
    plain = text.replace("…", " ")
    has_several = "/" in plain and entry.kind in TOPICS
    parts = [part.split("/") for part in plain.split()] if has_several else [[plain]]
    for number in range(max(map(len, parts))):
        if words := words_of(" ".join(part[number % len(part)] for part in parts)):
            yield words


def _key(words: Sequence[str]) -> str:
    """Return what a line is looked up by: its stems, without what short forms leave out."""
    return " ".join(stem(word) for word in words if word not in BARE)


def _rest(words: Sequence[str], own: frozenset[str], telling: frozenset[str]) -> list[str]:
    """Return the words of a line that are not of its open phrase, if it begins with that; none if they say nothing."""
    first = next(place for place, word in enumerate(words) if word in telling)
    if not (LEAD | own).issuperset(words[:first]):
        return []
    left = list(dropwhile(LIGHT.__contains__, (word for word in words[first:] if word not in own)))
    while left and left[-1] in LIGHT:
        left.pop()
    return left if _saying(left) else []


def _less(word: str) -> Iterator[str]:
    """Yield a word, and the word without each one of its letters but the first, which few people mistype."""
    yield word
    yield from (word[:place] + word[place + 1 :] for place in range(1, len(word)))


def decide(hearing: Hearing, line: str, resolve: Resolve) -> SearchResult:
    """Return what answers a line: the entry that has it as a phrase, else the topic that it is about, else a search.

    `resolve` returns what the person's words in an open phrase name; nothing if they name nothing.
    """
    words, clauses = hearing.spelt(line), list(map(hearing.spelt, _CLAUSES.split(line)))
    votes = [
        hearing.vote(words),
        *(hearing.vote(clause) for clause in clauses[:MAX_CLAUSES] if clause not in ([], words)),
    ]
    is_jest = not LAUGHS.isdisjoint(_SIGNS.findall(line.casefold()))
    distress = 0.0 if is_jest else hearing.distress(votes)
    if distress >= UNWELL:
        return SearchResult(topic=hearing.entries[hearing.about[ReplyAbout.DISTRESS]], is_sure=True)
    same = [entry for entry in hearing.same(words) if entry.kind is not EntryKind.DISTRESS]
    if topic := next((each for each in same if each.kind in TOPICS), None):
        return SearchResult(topic=topic, is_sure=True)
    if distress >= DOUBTED and ReplyAbout.DOUBT in hearing.about:
        return SearchResult(topic=hearing.entries[hearing.about[ReplyAbout.DOUBT]])
    if not same and (found := _topic(hearing, votes, resolve)) is not None:
        of_role = found.topic is not None and found.topic.kind is EntryKind.REPLY
        return replace(found, entries=tuple(hearing.named_roles(words))[:1]) if of_role else found
    return find(hearing, votes[0], same[0] if len(same) == 1 else None)


def _topic(hearing: Hearing, votes: Sequence[Vote], resolve: Resolve) -> SearchResult | None:
    """Return the topic whose open phrase a line begins with, else the one that it is about as a whole or in a part."""
    for entry, rest in hearing.opened(votes[0].words):
        if meant := resolve(entry, rest):
            return SearchResult(topic=entry, rest=meant)
    for vote in votes:
        for each in hearing.heard(vote):
            is_part, is_others = vote is not votes[0], each.entry.kind is EntryKind.NOT_OURS
            if each.sureness < PERHAPS and not is_part:
                return None
            if each.sureness < (SURELY if is_others or is_part else HEARD) or (is_others and is_part):
                break
            if not each.entry.is_open:
                is_personal = each.entry.kind is EntryKind.PERSONAL
                if is_personal and not OF_AI.isdisjoint(each.strange):  # "an example of a good prompt"
                    break
                return SearchResult(topic=each.entry)
            if rest := resolve(each.entry, " ".join(each.strange)):
                return SearchResult(topic=each.entry, rest=rest)
    return None


def find(
    hearing: Hearing, vote: Vote, first: Entry | None = None, kinds: Collection[EntryKind] = LESSONS
) -> SearchResult:
    """Return the entries that fit best; `first` comes first."""
    found = [(entry, is_close) for entry, is_close in hearing.searched(vote, kinds) if entry is not first]
    is_close = first or not OF_AI.isdisjoint(vote.words) or any(is_close for _, is_close in found)
    best = (*([first] if first else ()), *(entry for entry, _ in found))[:MAX_FOUND]
    return SearchResult(best, is_sure=first is not None, is_guess=bool(best) and not is_close)
