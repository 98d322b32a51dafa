"""Questions in plain words: an index of the content, in memory.

The index is one table of SQLite's FTS5, which finds the stems (porter) and ranks the entries (bm25). It has no
connection to the bot's own database, works beside PostgreSQL as well, and keeps nothing that a person asks.
"""

import sqlite3
from collections.abc import Sequence

from bot.core.errors import CommandError
from bot.core.questions import Entry
from bot.core.words import words_of

_TABLE = "CREATE VIRTUAL TABLE entry USING fts5(phrases, body, tokenize = 'porter unicode61 remove_diacritics 2')"
_ADD = "INSERT INTO entry (rowid, phrases, body) VALUES (?, ?, ?)"
_RANK = "SELECT rowid, -bm25(entry, 10.0, 1.0) AS score FROM entry WHERE entry MATCH ? ORDER BY score DESC LIMIT 100"


class SearchIndex:
    """Entries by the words in their phrases, which count ten times, and in their texts. Raise CommandError."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        try:
            self._db.execute(_TABLE)
        except sqlite3.OperationalError as error:
            said = "The SQLite of this Python has no FTS5, which `ask` needs. Use another Python."
            raise CommandError(said) from error
        texts = (("\n".join(entry.phrases), entry.text) for entry in entries)
        self._db.executemany(_ADD, ((row, *map(_plain, both)) for row, both in enumerate(texts)))

    def ranked(self, words: Sequence[str]) -> list[tuple[Entry, float]]:
        """Return the entries that share words with these, with their scores, the best first."""
        # Quoted, so nothing that a person typed is read as its syntax.
        quoted = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
        return [(self._entries[row], score) for row, score in self._db.execute(_RANK, (quoted,))] if words else []


def _plain(text: str) -> str:
    return " ".join(words_of(text, len(text)))
