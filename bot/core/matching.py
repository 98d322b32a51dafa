"""Finds what a person meant: by slug, name or alias, with typos forgiven, and several answers where several fit."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

NAME_MOST = 80  # no name in the catalogue is longer; what is longer was not meant as one
CLOSE = 0.72  # difflib's ratio: "devosp enginer" still finds "devops engineer", "learnd" finds "learn"
SENIORITY = frozenset(
    "senior sr junior jr lead principal staff head chief mid intern trainee i ii iii iv the a an of".split()
)


def plain(text: str) -> str:
    """Lower case, words and single spaces only: `Sr. Dev-Ops` and `sr dev ops` become the same."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def without_seniority(text: str) -> str:
    """`sr devops` is a DevOps engineer; a title made of nothing but rank stays as it is."""
    words = text.split()
    return " ".join(word for word in words if word not in SENIORITY) or text


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
    return _same_letters(wanted, names) or _same_words(wanted, names) or _close(wanted, names)


def _same_letters(wanted: str, names: Mapping[str, str]) -> tuple[str, ...]:
    packed = wanted.replace(" ", "")
    return _unique(slug for name, slug in names.items() if name.replace(" ", "") == packed)


def _same_words(wanted: str, names: Mapping[str, str]) -> tuple[str, ...]:
    words = set(wanted.split())
    return _unique(slug for name, slug in names.items() if words <= set(name.split()))


def _close(wanted: str, names: Mapping[str, str]) -> tuple[str, ...]:
    return _unique(names[name] for name in get_close_matches(wanted, names, n=3, cutoff=CLOSE))


def _unique(slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slugs))
