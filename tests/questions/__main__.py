"""Print how well questions in plain words are answered: `python -m tests.questions [FILE …]`.

A file is a list of questions, each with what is expected: slugs or ids of tips, of which one should be among the three
that are found; `not-ours`; or `about-me: <verb>`, with a verb of `VERBS`. Files in `heard/` are told of in `heard.py`.
"""

import sys
from collections.abc import Iterable
from math import sqrt
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import StringConstraints, TypeAdapter

from bot.coach import ask
from bot.content import library
from bot.content.read import read
from bot.core.catalog import Catalog
from bot.core.content_types import Line, Part, Slug
from bot.core.questions import EntryKind, SearchResult
from tests.questions import heard

FILES = tuple(sorted(Path(__file__).parent.glob("*.yaml")))
NOT_OURS, ABOUT_ME = "not-ours", "about-me: "
VERBS = {  # what a person wants → the verbs that give it
    "next": {"menu", "tip"},
    "start": {"menu", "tip"},
    "progress": {"record", "progress"},
    "plan": {"plan"},
    "stop": {"tips off", "tips"},
    "settings": {"tips"},
    "privacy": {"privacy"},
    "forget": {"forget me"},
    "help": {"help"},
    "role": {"myrole"},
}
SURE_OF_IT = 1.96  # standard deviations: 95 % of a normal distribution


class Question(Part):
    q: Line
    expect: (
        tuple[Slug, ...] | Annotated[str, StringConstraints(pattern=f"^({NOT_OURS}|{ABOUT_ME}({'|'.join(VERBS)}))$")]
    )


class Share(NamedTuple):
    """So many of all, with the interval in which the true share lies with 95 % certainty (Wilson)."""

    met: int
    total: int

    def __str__(self) -> str:
        """Print it as `45 of 52, 87 % (75-93 %)`."""
        if not self.total:
            return "none of this kind"
        share, z = self.met / self.total, SURE_OF_IT**2 / self.total
        middle, half = share + z / 2, SURE_OF_IT * sqrt(share * (1 - share) / self.total + z / (4 * self.total))
        low, high = (max(0.0, (middle + side * half) / (1 + z)) for side in (-1, 1))
        return f"{self.met} of {self.total}, {share:.0%} ({low:.0%} to {high:.0%})"


def questions_in(path: Path) -> tuple[Question, ...]:
    return TypeAdapter(tuple[Question, ...]).validate_python(read(path, str(path))[0])


def score(catalog: Catalog, questions: Iterable[Question]) -> dict[str, Share]:
    """Return the shares by their names. Raise KeyError where an entry is expected that does not exist."""
    found = [(each, ask.look_up(catalog, each.q)) for each in questions]
    taught = [(each.expect, result) for each, result in found if isinstance(each.expect, tuple)]
    others = [result for each, result in found if each.expect == NOT_OURS]
    own = [(str(each.expect), result) for each, result in found if str(each.expect).startswith(ABOUT_ME)]
    wrong = sum(result.is_sure and not _is_right(catalog, each, result, most=1) for each, result in found)
    return {
        "Found first": Share(sum(_has(catalog, wanted, result, 1) for wanted, result in taught), len(taught)),
        "Found among three": Share(sum(_has(catalog, wanted, result, 3) for wanted, result in taught), len(taught)),
        "Declined": Share(sum(map(_is_declined, others)), len(others)),
        "About oneself": Share(sum(_is_own(wanted, result) for wanted, result in own), len(own)),
        "Sure and wrong": Share(wrong, len(found)),
    }


def wrong(catalog: Catalog, questions: Iterable[Question]) -> list[str]:
    """Return the questions that were not answered as expected, each with what came."""
    found = ((each, ask.look_up(catalog, each.q)) for each in questions)
    return [
        f"{each.q!r} got {result.topic.slug if result.topic else [entry.slug for entry in result.entries]}"
        for each, result in found
        if not _is_right(catalog, each, result, most=3)
    ]


def _is_right(catalog: Catalog, question: Question, result: SearchResult, most: int) -> bool:
    if isinstance(question.expect, tuple):
        return _has(catalog, question.expect, result, most)
    return _is_declined(result) if question.expect == NOT_OURS else _is_own(question.expect, result)


def _has(catalog: Catalog, wanted: Iterable[str], result: SearchResult, most: int) -> bool:
    known = {**catalog.skills, **catalog.roles, **catalog.themes, **catalog.challenges}
    names = [catalog.retired[slug].step if slug in catalog.retired else slug for slug in wanted]
    slugs = {catalog.lessons[name].tip.id if name in catalog.lessons else known[name].slug for name in names if name}
    return any(entry.slug in slugs for entry in result.entries[:most])


def _is_declined(result: SearchResult) -> bool:
    """Return whether the coach leaves a question to others, or says that it is not sure."""
    if result.topic is not None:
        return result.topic.kind is EntryKind.NOT_OURS
    return result.is_guess or not result.entries


def _is_own(wanted: str, result: SearchResult) -> bool:
    topic = result.topic
    if topic is None or topic.kind is not EntryKind.PERSONAL:
        return False
    return topic.title in VERBS[wanted.removeprefix(ABOUT_ME)]


def main(paths: Iterable[Path], *, tells: bool) -> None:
    catalog = library.load()
    for path in paths:
        if path.parent.name == "heard":
            counts, missed = heard.met(catalog, heard.messages_in(path))
            shares = {name: Share(*counted) for name, counted in counts.items()}
        else:
            shares, missed = score(catalog, questions_in(path)), wrong(catalog, questions_in(path)) if tells else []
        lines = [f"  {name}: {share}" for name, share in shares.items()] + [f"    {line}" for line in missed if tells]
        sys.stdout.write("\n".join([path.stem, *lines, ""]))


if __name__ == "__main__":
    given = [Path(word) for word in sys.argv[1:] if not word.startswith("-")]
    main(given or FILES, tells="--wrong" in sys.argv)
