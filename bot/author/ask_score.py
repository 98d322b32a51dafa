"""Score how well questions are answered, from a file of questions with the entries that would answer each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.coach import ask
from bot.content.read import Unreadable, read
from bot.core.catalog import Catalog
from bot.core.content_types import Line, Part, Slug
from bot.core.questions import Degree, SearchResult

FILES = tuple(sorted((Path(__file__).parents[2] / "tests" / "questions").glob("*.yaml")))
HEAD = """\
| Questions | Number | Top-1 | Top-3 | Not ours, and declined | Sure | Sure and wrong |
|---|---|---|---|---|---|---|"""


class CannotScore(Exception):
    """The file can't be scored. The text says why."""


class Expected(Part):
    """A question, and what would answer it: slugs and ids of tips. None: the coach should say that it does not know."""

    q: Line
    ok: tuple[Slug, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of questions. `ours` can be answered, and the `others` can't."""

    ours: int
    first: int
    top_three: int
    others: int
    declined: int
    sure: int
    sure_and_wrong: int

    @property
    def questions(self) -> int:
        """Return how many questions there were."""
        return self.ours + self.others


def questions_in(path: Path) -> tuple[Expected, ...]:
    """Return the questions of a file. Raise CannotScore."""
    try:
        return TypeAdapter(tuple[Expected, ...]).validate_python(read(path, str(path))[0])
    except Unreadable as error:
        raise CannotScore(str(error)) from error
    except ValidationError as error:
        raise CannotScore(f"{path}: needs a list of `q:` and `ok:`; {error.error_count()} mistakes") from error


def score(catalog: Catalog, questions: Sequence[Expected]) -> Score:
    """Ask each question and count. Raise CannotScore where an entry is expected that does not exist."""
    answered = [(_wanted(catalog, each), ask.look_up(catalog, each.q)) for each in questions]
    ours = [(wanted, found) for wanted, found in answered if wanted]
    others = [found for wanted, found in answered if not wanted]
    sure = [(wanted, found) for wanted, found in answered if found.degree is Degree.ANSWERS]
    return Score(
        ours=len(ours),
        first=sum(_hits(found, wanted, 1) for wanted, found in ours),
        top_three=sum(_hits(found, wanted, 3) for wanted, found in ours),
        others=len(others),
        declined=sum(found.degree is Degree.UNKNOWN for found in others),
        sure=len(sure),
        sure_and_wrong=sum(not _hits(found, wanted, 1) for wanted, found in sure),
    )


def row(name: str, scored: Score) -> str:
    shares = (
        _share(scored.first, scored.ours),
        _share(scored.top_three, scored.ours),
        _share(scored.declined, scored.others),
        _share(scored.sure, scored.questions),
        _share(scored.sure_and_wrong, scored.questions),
    )
    return f"| {name} | {scored.questions} | {' | '.join(shares)} |"


def _wanted(catalog: Catalog, expected: Expected) -> frozenset[str]:
    known = {*catalog.skills, *catalog.roles, *catalog.themes, *catalog.challenges}
    wanted = {catalog.lessons[slug].tip.id if slug in catalog.lessons else slug for slug in expected.ok}
    if unknown := sorted(wanted - known - catalog.lessons.keys()):
        raise CannotScore(f"{expected.q!r} expects {', '.join(unknown)}, which the content does not have")
    return frozenset(wanted)


def _hits(found: SearchResult, wanted: frozenset[str], most: int) -> bool:
    return any(entry.slug in wanted for entry in found.entries[:most])


def _share(count: int, total: int) -> str:
    return f"{count} of {total} ({count / total:.0%})" if total else "none"
