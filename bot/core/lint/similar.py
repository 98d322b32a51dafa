"""Tasks that say nearly the same: two tips, two challenges, or a tip and a challenge.

A shingle is a run of three words. Two tasks are near-duplicates if they share three of ten shingles of the shorter one.
In the content of November 2026, the closest two share 15 of 100.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from bot.core.catalog import Catalog
from bot.core.content_item import ContentItem
from bot.core.lint.finding import Finding, Where
from bot.core.matching import plain

SHINGLE = 3  # words
MAX_SHARED = 0.3

Shingle = tuple[str, ...]


def similar_findings(catalog: Catalog) -> Iterator[Finding]:
    """Yield each task that nearly repeats an earlier one."""
    tasks = list(_tasks(catalog))
    shingles = [_shingles(text) for *_, text in tasks]
    users: defaultdict[Shingle, list[int]] = defaultdict(list)
    for number, found in enumerate(shingles):
        for shingle in found:
            users[shingle].append(number)
    pairs = {pair for numbers in users.values() for pair in combinations(numbers, 2)}
    for first, second in sorted(pairs):
        shared = len(shingles[first] & shingles[second]) / min(len(shingles[first]), len(shingles[second]))
        if shared >= MAX_SHARED:
            item, where, name, _ = tasks[second]
            said = f"{name!r} says nearly the same as {tasks[first][2]!r} ({shared:.0%} of the shorter one)"
            yield Finding(item, where, f"{said}; write another task, or delete one of them")


def _tasks(catalog: Catalog) -> Iterator[tuple[ContentItem, Where, str, str]]:
    """Yield each tip and challenge: its entry, its place in it, its id and its words."""
    for skill in catalog.skills.values():
        for index, tip in enumerate(skill.tips):
            yield skill, ("tips", index, "do"), tip.id, f"{tip.title} {tip.do} {tip.done_when}"
    for template in catalog.challenges.values():
        yield template, ("do",), template.slug, f"{template.name} {template.do} {template.done_when}"


def _shingles(text: str) -> frozenset[Shingle]:
    words = plain(text).split()
    return frozenset(zip(*(words[start:] for start in range(SHINGLE)), strict=False))
