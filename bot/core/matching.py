"""Find what a person meant by a slug, a name or an alias. Typos are tolerated, and several entries may fit."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

MAX_NAME = 80  # letters; no name in the catalogue is longer
CLOSE = 0.79  # least ratio of difflib for two words: "devosp" is close to "devops", "manager" not to "analyst"
SHORT = 3  # letters; words this short must be spelt right: "qa" is not a typo of "ml"
SENIORITY = frozenset(
    "senior sr junior jr lead principal staff head chief group mid intern trainee i ii iii iv the a an of for".split()
)


def plain(text: str) -> str:
    """Return the text in lower case, with words and single spaces only: `Sr. Dev-Ops` becomes `sr dev ops`."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def title_in(names: Mapping[str, str], title: str) -> str:
    """Return a plain title without leading ranks, removing only as many as it takes to find it among the names.

    Examples: "head of engineering" is a name itself. In "senior engineering lead" only "senior" has to go. A title that
    is no name loses all ranks: "sr devops" becomes "devops". One that consists only of ranks stays as it is.
    """
    words = title.split()
    while words and " ".join(words) not in names and words[0] in SENIORITY:
        words = words[1:]
    shorter = " ".join(words)
    return shorter if shorter in names else " ".join(word for word in title.split() if word not in SENIORITY) or title


def names_of(entries: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, str]:
    return {plain(name): slug for slug, names in entries for name in (slug, *names)}


def match(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the slugs that `text` may mean, the best first. Several slugs mean: ask the person which."""
    wanted = plain(text)
    if not wanted:
        return ()
    if wanted in names:
        return (names[wanted],)
    packed, words = wanted.replace(" ", ""), wanted.split()
    found = [slug for name, slug in names.items() if name.replace(" ", "") == packed]
    found = found or [slug for name, slug in names.items() if set(words) <= set(name.split())]
    if not found:  # compare word by word, so that sharing "engineer" does not make titles similar
        likeness: list[tuple[float, str]] = []
        for name, slug in names.items():
            others = name.split()
            pairs = zip(words, others, strict=True) if len(words) == len(others) else ()
            ratios = [_likeness(word, other) for word, other in pairs]
            if ratios and all(ratios):
                likeness.append((sum(ratios) / len(ratios), slug))
        best_first = sorted(likeness, key=lambda pair: -pair[0])
        found = list(dict.fromkeys(slug for _, slug in best_first))[:3]  # suggestions
    return tuple(dict.fromkeys(found))


def _likeness(word: str, other: str) -> float:
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
