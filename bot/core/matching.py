"""Finds what a person meant: by slug, name or alias, with typos forgiven, and several answers where several fit."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

NAME_MOST = 80  # no name in the catalogue is longer; what is longer was not meant as one
MAX_CLOSE = 3  # misspelt names to ask about
CLOSE = 0.79  # difflib's ratio of one word: "devosp" is close to "devops", "manager" is not close to "analyst"
SHORT = 3  # letters; a shorter word has no room for a typo: "qa" is not "ml"
SENIORITY = frozenset(
    "senior sr junior jr lead principal staff head chief group mid intern trainee i ii iii iv the a an of".split()
)


def plain(text: str) -> str:
    """Lower case, words and single spaces only: `Sr. Dev-Ops` and `sr dev ops` become the same."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def without_seniority(text: str) -> str:
    """`sr devops` is a DevOps engineer; a title made of nothing but rank stays as it is."""
    words = text.split()
    return " ".join(word for word in words if word not in SENIORITY) or text


def title_in(names: Mapping[str, str], title: str) -> str:
    """Return a plain title without the rank in front of it, as far as that is needed to find it among the names.

    "head of engineering" is a name of its own; in "senior engineering lead" only "senior" is a rank.
    """
    words = title.split()
    while words and " ".join(words) not in names and words[0] in SENIORITY:
        words = words[1:]
    shorter = " ".join(words)
    return shorter if shorter in names else without_seniority(title)


def names_of(entries: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, str]:
    """Each plain name → the slug it stands for, from (slug, names) pairs."""
    return {plain(name): slug for slug, names in entries for name in (slug, *names)}


def match(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The slugs that `text` may mean, best first: one if it is clear, several to ask about, none if nothing fits."""
    wanted = plain(text)
    if not wanted:
        return ()
    if wanted in names:
        return (names[wanted],)
    return _same_letters(wanted, names) or _same_words(wanted, names) or _misspelt(wanted, names)


def _same_letters(wanted: str, names: Mapping[str, str]) -> tuple[str, ...]:
    packed = wanted.replace(" ", "")
    return _unique(slug for name, slug in names.items() if name.replace(" ", "") == packed)


def _same_words(wanted: str, names: Mapping[str, str]) -> tuple[str, ...]:
    words = set(wanted.split())
    return _unique(slug for name, slug in names.items() if words <= set(name.split()))


def _misspelt(wanted: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Compare word by word: two titles that share "engineer" are not alike, however many letters that is."""
    words = wanted.split()
    scored = [(_likeness(words, name.split()), slug) for name, slug in names.items()]
    best_first = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return _unique(slug for _, slug in best_first)[:MAX_CLOSE]


def _likeness(words: list[str], name: list[str]) -> float:
    """Return how alike two names of equally many words are, from 0 to 1; 0 unless each word is a typo of its own."""
    if len(words) != len(name):
        return 0.0
    ratios = [_likeness_of_words(word, other) for word, other in zip(words, name, strict=True)]
    return sum(ratios) / len(ratios) if all(ratios) else 0.0


def _likeness_of_words(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if len(word) >= SHORT and other.startswith(word):  # "dev" for "developer"
        return CLOSE
    if sorted(word) == sorted(other):  # letters in the wrong order
        return CLOSE
    if min(len(word), len(other)) <= SHORT:
        return 0.0
    matcher = SequenceMatcher(None, word, other)
    if matcher.real_quick_ratio() < CLOSE or matcher.quick_ratio() < CLOSE:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= CLOSE else 0.0


def _unique(slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slugs))
