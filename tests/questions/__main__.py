"""Print how well questions in plain words are answered: `python -m tests.questions [FILE …]`.

A file is a list of questions, each with what is expected: slugs or ids of tips, of which one should be among the three
that are found, or `not-ours`. Files in `heard/` are told of in `heard.py`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from bot.coach import ask
from bot.content import library
from bot.content.read import read
from bot.core.catalog import Catalog
from bot.core.content_types import Line, Part, Slug
from bot.core.questions import EntryKind, SearchResult
from tests.questions import heard

FILES = tuple(sorted(Path(__file__).parent.glob("*.yaml")))
NOT_OURS = "not-ours"
NAMES = ("Found first", "Found among three", "Declined", "Sure and wrong")


class Question(Part):
    q: Line
    expect: tuple[Slug, ...] | Literal["not-ours"]


def questions_in(path: Path) -> tuple[Question, ...]:
    return TypeAdapter(tuple[Question, ...]).validate_python(read(path, str(path))[0])


def score(catalog: Catalog, questions: Iterable[Question]) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Return by its name how often something holds, of how often it might; and what was not answered as expected.

    Raise KeyError where an entry is expected that does not exist.
    """
    shares, missed = dict.fromkeys(NAMES, (0, 0)), list[str]()
    for question in questions:
        found, expect = ask.look_up(catalog, question.q), question.expect
        if expect == NOT_OURS:
            is_left = found.topic is not None and found.topic.kind is EntryKind.NOT_OURS
            met = {"Declined": is_left or found.is_unsure}
        else:
            met = {name: _has(catalog, expect, found, most) for name, most in zip(NAMES, (1, 3), strict=False)}
        hits = list(met.values())
        met["Sure and wrong"] = found.is_sure and not hits[0]
        for name, holds in met.items():
            shares[name] = shares[name][0] + holds, shares[name][1] + 1
        if not hits[-1]:
            came = found.topic.slug if found.topic else [entry.slug for entry in found.entries]
            missed.append(f"{question.q!r} got {came}")
    return shares, missed


def _has(catalog: Catalog, wanted: Iterable[str], result: SearchResult, most: int) -> bool:
    known = {**catalog.skills, **catalog.roles, **catalog.themes, **catalog.challenges}
    names = [catalog.retired[slug].step if slug in catalog.retired else slug for slug in wanted]
    slugs = {catalog.lessons[name].tip.id if name in catalog.lessons else known[name].slug for name in names if name}
    return any(entry.slug in slugs for entry in result.entries[:most])


def main(paths: Iterable[Path], *, tells: bool) -> None:
    catalog = library.load()
    for path in paths:
        if path.parent.name == "heard":
            shares, missed = heard.met(catalog, heard.messages_in(path))
        else:
            shares, missed = score(catalog, questions_in(path))
        lines = [f"  {name}: {met} of {total}, {met / total:.0%}" for name, (met, total) in shares.items() if total]
        sys.stdout.write("\n".join([path.stem, *lines, *(f"    {line}" for line in missed if tells), ""]))


if __name__ == "__main__":
    given = [Path(word) for word in sys.argv[1:] if not word.startswith("-")]
    main(given or FILES, tells="--wrong" in sys.argv)
