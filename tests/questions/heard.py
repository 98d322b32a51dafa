"""Messages as employees type them: what each should be heard as, and whether it is.

`python -m tests.questions tests/questions/heard/first.yaml` prints how many are, by category. An act, or a
question about oneself, is met by any of the topics of `MEETS`. The want of a question on work
is the slugs of some skills, of which one is enough. Where it is in plain words, a search finds the skills, so that
share is only near the truth.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from bot.coach import ask
from bot.content.read import read
from bot.core.catalog import Catalog
from bot.core.content_types import Line, Part, ReplyAbout
from bot.core.questions import Entry, EntryKind, SearchResult

MEETS = {
    "did": "did did-tip", "stuck": "stuck situation", "hard": "hard", "easy": "easy",
    "dont-understand": "unclear example", "skip": "skip another", "another": "another", "next": "next another",
    "remind": "remind remind-when", "pause": "pause", "stop": "stop how-to-stop", "resume": "resume start-tips back",
    "back": "back open", "undo": "undo", "learned": "learned learn", "change-time": "time",
    "shorter": "small quick only-short", "my-role": "my-role-is role", "minutes": "minutes small quick",
    "example": "example", "where": "open schedule my-project back", "plan": "plan remind",
    "progress": "standing progress my-project", "record": "progress export", "role": "role my-role-is",
    "skills": "skills standing progress", "week": "next schedule open",
    "privacy": "privacy who-sees what-goes-out no-test spying mandatory forget export", "admins": "admins",
    "how-it-works": "how-it-works how-much-time why-this-tip mandatory authors", "help": "help hello how-it-works",
    "team": "team join-a-team challenges", "words": "three-words role-lines",
    "about-the-coach": "about-the-coach authors spying language",
}  # fmt: skip
FEELINGS = frozenset(
    "too-many-models behind tired-of-hype worried bad-day sad frustrated unmotivated glad cross-with-the-coach bad-tip "
    "show-it".split()
)
SENT_AWAY = "Wrongly sent to others"  # to a doctor, or because a topic is not the coach's
SENDS = {EntryKind.DISTRESS: "distress", EntryKind.NOT_OURS: "not-ours"}
Category = Literal["act", "oneself", "howto", "career", "feeling", "distress", "harmless", "not-ours", "smalltalk"]


class Message(Part):
    """What somebody wrote. `second`: a category that is right too."""

    q: Line
    category: Category
    want: Line
    second: Category | None = None


def messages_in(path: Path) -> tuple[Message, ...]:
    return TypeAdapter(tuple[Message, ...]).validate_python(read(path, str(path))[0])


def _is_right(catalog: Catalog, category: str, want: str, found: SearchResult) -> bool:
    topic = found.topic
    kind, slug = (topic.kind, topic.slug) if topic else (None, "")
    if category == "howto":
        named = {slug for slug in want.split() if slug in catalog.skills}
        wanted = named or {_skill(catalog, entry) for entry in ask.about(catalog, want).entries}
        return topic is None and any(_skill(catalog, entry) in wanted for entry in found.entries)
    is_doubted = topic is not None and topic.about is ReplyAbout.DOUBT
    is_role = topic is None and found.is_sure and found.entries[0].kind is EntryKind.ROLE  # the one that is named
    return {
        "act": slug in MEETS.get(want, "").split(),
        "oneself": slug in MEETS.get(want, "").split() or (want == "role" and is_role),
        "career": topic is not None and topic.about is ReplyAbout.CAREER,
        "feeling": slug in FEELINGS,
        "distress": kind is EntryKind.DISTRESS or is_doubted,
        "harmless": kind not in {EntryKind.DISTRESS, EntryKind.NOT_OURS},
        "not-ours": found.is_unsure or kind is EntryKind.NOT_OURS,
        "smalltalk": kind is EntryKind.REPLY or slug in {"hello", "help"},
    }[category]


def _skill(catalog: Catalog, entry: Entry) -> str:
    lesson = catalog.lessons.get(entry.slug)
    return lesson.skill.slug if lesson else entry.slug


def met(catalog: Catalog, messages: Iterable[Message]) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Return of each category how many messages are answered right, of how many; and the others, with what came."""
    shares, wrong = dict[str, tuple[int, int]](), list[str]()
    for each in messages:
        found, categories = ask.look_up(catalog, each.q), {each.category, each.second or each.category}
        is_met = any(_is_right(catalog, category, each.want, found) for category in categories)
        is_sent_away = found.topic is not None and SENDS.get(found.topic.kind, each.category) not in categories
        for name, counts in ((each.category, is_met), (SENT_AWAY, is_sent_away)):
            right, total = shares.get(name, (0, 0))
            shares[name] = right + counts, total + 1
        if not is_met:
            came = found.topic.slug if found.topic else [entry.slug for entry in found.entries]
            wrong.append(f"{each.category}, {each.want}: {each.q!r} got {'not sure, ' * found.is_unsure}{came}")
    return shares, wrong
