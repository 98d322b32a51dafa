"""Walk through every text of a catalogue that a member may read, and say what kind of text it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.core.catalog import Catalog
from bot.core.content_item import ContentItem, Part
from bot.core.content_types import ChallengeTemplate, Role, Skill
from bot.core.lint.finding import Where


class TextKind(StrEnum):
    """What a text is for. It decides which rules hold for it."""

    TASK = "task"  # what to do, and how to know that it is done
    PROSE = "prose"
    SITUATION = "situation"  # made up, with made-up numbers
    COPY = "copy"  # a form or a worked example, with made-up numbers and mark-up
    QUOTED = "quoted"  # a line of the source document, kept word for word


# Never shown as a sentence: ids, and the words by which an entry is found.
NOT_READ = frozenset(
    {"slug", "id", "origin", "theme", "skill", "role", "needs", "needs_skills", "skills", "aliases", "asks", "emoji"}
    | {"owner", "words", "reviewed_on", "review_by"}
)
TASKS = frozenset({"title", "do", "done_when", "first_exercise"})


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an entry, and the keys that lead to it."""

    item: ContentItem
    where: Where
    words: str
    kind: TextKind

    @property
    def field(self) -> str:
        """Return the key nearest to the text, such as `done_when`."""
        return next(str(part) for part in reversed(self.where) if isinstance(part, str))


def texts_of(catalog: Catalog) -> Iterator[Text]:
    """Yield every text of a catalogue."""
    for item in items_of(catalog):
        for where, words in _walk(item, ()):
            yield Text(item, where, words, _kind(item, where))


def items_of(catalog: Catalog) -> Iterator[ContentItem]:
    """Yield every entry of a catalogue, in the order of its files."""
    yield from (*catalog.themes.values(), *catalog.mottos, *catalog.boundaries, *catalog.needs.values())
    yield from (*catalog.roles.values(), *catalog.skills.values(), *catalog.challenges.values())


def _walk(value: object, where: Where) -> Iterator[tuple[Where, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _walk(each, (*where, index))
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            if name not in NOT_READ:
                yield from _walk(getattr(value, name), (*where, name))


def _kind(item: ContentItem, where: Where) -> TextKind:
    if item.origin == "source" and _is_of_the_source(item, where):
        return TextKind.QUOTED
    last = where[-1]
    if last in {"template", "example"}:
        return TextKind.COPY
    if where[0] == "checks" and last in {"ask", "text"}:
        return TextKind.SITUATION
    if last in TASKS or (isinstance(item, ChallengeTemplate) and last == "name"):
        return TextKind.TASK
    return TextKind.PROSE


def _is_of_the_source(item: ContentItem, where: Where) -> bool:
    """Return whether a text was taken from the source document; what was added to a role or a skill was not."""
    if isinstance(item, Skill):
        return where[0] in {"name", "source_line"}
    return not (isinstance(item, Role) and where[0] == "shares")
