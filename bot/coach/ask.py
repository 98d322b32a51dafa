"""Ask the coach: find what answers a question in plain words. The question is neither stored nor logged."""

from threading import Lock
from weakref import WeakKeyDictionary

from bot.core.catalog import Catalog
from bot.core.questions import Answer, decide, entries_of
from bot.store.search_index import SearchIndex

_INDEXES: WeakKeyDictionary[Catalog, SearchIndex] = (
    WeakKeyDictionary()
)  # a catalogue that is replaced takes its own along
_BUILDING = Lock()


def answer(catalog: Catalog, question: str) -> Answer:
    """Return what the catalogue has for a question.

    Call it in a thread: the first question about a catalogue builds its index, which takes about a tenth of a second.
    """
    return decide(_index_of(catalog).candidates(question))


def _index_of(catalog: Catalog) -> SearchIndex:
    with _BUILDING:
        index = _INDEXES.get(catalog)
        if index is None:
            index = _INDEXES[catalog] = SearchIndex(entries_of(catalog), catalog.same_words)
        return index
