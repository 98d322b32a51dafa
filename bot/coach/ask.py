"""Ask the coach: find what answers a question in plain words. Store it only if the member gives it to the authors."""

from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from bot.core.catalog import Catalog
from bot.core.member import MemberKey
from bot.core.questions import SearchResult, decide, entries_of, for_work, sentences, together
from bot.store import questions
from bot.store.questions import SearchIndex

MAX_KEPT = 500  # questions of a workspace, so that nobody can fill the database

# An index goes when its catalogue is replaced.
_INDEXES: WeakKeyDictionary[Catalog, SearchIndex] = WeakKeyDictionary()
_BUILDING = Lock()


def look_up(catalog: Catalog, question: str) -> SearchResult:
    """Return what the catalogue has for a question.

    Call it in a thread: the first question about a catalogue builds its index, which takes about a tenth of a second.
    """
    return decide(_index_of(catalog).candidates(question))


def about(catalog: Catalog, message: str) -> SearchResult:
    """Return the skills and tips that fit a message, which nobody wrote to the coach. Call it in a thread, as above."""
    index = _index_of(catalog)
    whole, *parts = (decide(for_work(index.candidates(words))) for words in (message, *sentences(message)))
    return together(whole, parts)


def keep(tx: Connection, who: MemberKey, question: str, now: datetime) -> bool:
    """Keep the words of a question for the admins, without who asked. Return False if the workspace has too many."""
    if questions.count_unanswered(tx, who.workspace_id) >= MAX_KEPT:
        return False
    questions.add_unanswered(tx, who.workspace_id, question, now)
    return True


def _index_of(catalog: Catalog) -> SearchIndex:
    with _BUILDING:
        index = _INDEXES.get(catalog)
        if index is None:
            index = _INDEXES[catalog] = SearchIndex(entries_of(catalog), catalog.same_words)
        return index
