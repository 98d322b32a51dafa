"""Hear distress in the phrases of the content: a part of a line has to end with one of them, word for word."""

import re
from collections.abc import Sequence

from bot.core.questions import Entry, EntryKind
from bot.core.words import LIGHT, TIMES, stem, words_of

STRESS = frozenset(  # words that change nothing in a phrase
    "just really so very honestly literally actually totally completely simply even "
    "sometimes often daily lately".split()
)


class Distress:
    """The phrases of distress. `a/b` in one is one of several words, and with a `/` at the end there may be none."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        gentle = [entry for entry in entries if entry.kind is EntryKind.DISTRESS]
        self._said = [(entry, re.compile(f"(?:{'|'.join(map(_pattern, entry.phrases))})(?= )")) for entry in gentle]
        self._known = {stem(word) for entry in gentle for text in entry.phrases for word in words_of(text)}

    def heard(self, words: Sequence[str]) -> Entry | None:
        """Return what answers a line that says nothing else after a phrase."""
        said = [word for word in words if word not in STRESS]
        line = f" {' '.join(map(stem, said))} "
        for entry, pattern in self._said:
            for match in pattern.finditer(line):
                if all(map(self._says_no_more, said[line[: match.end()].count(" ") :])):
                    return entry
        return None

    def _says_no_more(self, word: str) -> bool:
        return word in LIGHT | TIMES or stem(word) in self._known


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
