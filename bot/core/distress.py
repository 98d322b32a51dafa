"""Hear distress: only in reviewed phrases, never by likeness. Who laughs does not mean it."""

import re
from collections.abc import Collection, Sequence

from bot.core.questions import Entry, EntryKind
from bot.core.words import LAUGHS, LIGHT, TIMES, stem, words_of

STRESS = frozenset(  # words that change nothing in a phrase
    "just really so very honestly literally actually totally completely simply even "
    "sometimes often daily lately".split()
)
KEPT = frozenset("i me my myself we all no not want take can could".split())  # light words that count here
THINGS = frozenset("it this that they them its these those you".split())  # who speaks of these speaks of something else
GRAVE = frozenset(  # a phrase with one of these is heard in whatever order and with whatever light words
    "abuse alcohol breakdown burnout cry depression depressed die drug exist harm hopeless hurt kill life live panic "
    "pill suicide suicidal worthless".split()
)
ALIKE = {  # what says the same
    stem(word): stem(same.split()[0])
    for same in (
        "nobody none,anymore longer,life alive,live living,cry tears weep,sleep asleep slept,die dead dying death,"
        "pointless meaningless meaning sense reason,wake waking woke,hurt harm,everyone everybody,drink alcohol"
    ).split(",")
    for word in same.split()
}


class Distress:
    """The phrases of distress: in their order, and the grave ones in any order.

    `a/b` in a phrase is one of several words, and with a `/` at the end there may be none of them.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        gentle = [entry for entry in entries if entry.kind is EntryKind.DISTRESS]
        self._said = [(entry, re.compile(f"(?:{'|'.join(map(_pattern, entry.phrases))})(?= )")) for entry in gentle]
        plain = [(entry, words_of(text)) for entry in gentle for text in entry.phrases if "/" not in text]
        grave = _gist(GRAVE)
        self._grave = [(entry, set(words), gist) for entry, words in plain if (gist := _gist(words)) & grave]
        self._known = _gist([word for entry in gentle for text in entry.phrases for word in words_of(text)])
        self._plain = _gist([word for _, words, _ in self._grave for word in words])

    def heard(self, words: Sequence[str]) -> Entry | None:
        """Return what answers a line or a part of one that says nothing else after a phrase, or nothing else at all."""
        said = [word for word in words if word not in STRESS]
        line, gist, things = f" {' '.join(map(stem, said))} ", _gist(words), THINGS.intersection(words)
        for entry, pattern in self._said:
            for match in pattern.finditer(line):
                if _says_only(said[line[: match.end()].count(" ") :], self._known):
                    return entry
        if _says_only(words, self._plain):
            return next((each for each, own, least in self._grave if least <= gist and things <= own), None)
        return None


def _says_only(words: Sequence[str], known: frozenset[str]) -> bool:
    return all(word in LIGHT | TIMES | STRESS or _gist([word]) <= known for word in words)


def is_meant(line: str) -> bool:
    return LAUGHS.isdisjoint(re.findall(r":\w+:|\w+|[^\w\s]", line.casefold()))


def _pattern(text: str) -> str:
    """Return the expression for a phrase in a line of stems, each with a space before it."""
    parts = [
        part.split("/") if "/" in part else [word]
        for part in text.split()
        for word in words_of(part)[: 1 if "/" in part else None]
    ]
    stems = [
        ["".join(f" {stem(word)}" for word in words_of(each)) for each in part]
        for part in parts
        if STRESS.isdisjoint(part)
    ]
    return "".join(f"(?:{'|'.join(part)})" for part in stems)


def _gist(words: Collection[str]) -> frozenset[str]:
    return frozenset(ALIKE.get(stem(word), stem(word)) for word in words if word in KEPT or word not in LIGHT)
