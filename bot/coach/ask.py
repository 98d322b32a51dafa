"""Ask the coach: find what answers a question in plain words. Store it only if the member gives it to the authors."""

from datetime import datetime
from functools import lru_cache
from itertools import chain

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.content_types import Lesson
from bot.core.member import MemberKey
from bot.core.questions import OF_WORK, EntryKind, SearchResult, decide, entries_of
from bot.store import questions
from bot.store.questions import SearchIndex

MAX_KEPT = 500  # questions of a workspace, so that nobody can fill the database


@lru_cache(maxsize=1)
def index_of(catalog: Catalog) -> SearchIndex:
    """Return the index of what is taught today. A start builds it. Raise NoFullText."""
    return SearchIndex(entries_of(catalog))


def look_up(catalog: Catalog, question: str) -> SearchResult:
    return decide(question, index_of(catalog).ranked(question))


def about(catalog: Catalog, message: str) -> SearchResult:
    """Return the skills and tips that fit a message, which nobody wrote to the coach."""
    return decide(message, [each for each in index_of(catalog).ranked(message) if each.kind in OF_WORK])


def tips_for(catalog: Catalog, job: str) -> tuple[Lesson, ...]:
    """Return the tips that fit a job in a member's own words, the best first; none for what is left to others.

    A skill that fits stands for its tips, in their order.
    """
    found = about(catalog, job).entries
    tips = (
        (catalog.lessons[each.slug],) if each.kind is EntryKind.TIP else catalog.lessons_of[each.slug] for each in found
    )
    return tuple(dict.fromkeys(chain.from_iterable(tips)))


def keep(tx: Connection, who: MemberKey, question: str, now: datetime) -> bool:
    """Keep the words of a question for the admins, without who asked. Return False if the workspace has too many."""
    if questions.count_unanswered(tx, who.workspace_id) >= MAX_KEPT:
        return False
    questions.add_unanswered(tx, who.workspace_id, question, now)
    return True
