"""Questions in plain words: an index of the content, in memory, and the questions that nothing answered.

The index uses SQLite's FTS5, which finds the stems (porter) and ranks the entries (bm25). It has no connection to the
bot's own database, works beside PostgreSQL as well, and keeps nothing that a person asks.
"""

import math
import secrets
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from threading import Lock

from sqlalchemy import Connection, bindparam, func, insert, select

from bot.core.content_types import SameWords
from bot.core.questions import MAX_WORDS, Candidate, Entry, Unanswered, likeness, spelt, telling, words_of
from bot.store.schema import unanswered

MAX_CANDIDATES = 40

_SCHEMA = """
CREATE VIRTUAL TABLE stem USING fts5(word, tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE stem_of USING fts5vocab(stem, instance);
CREATE VIRTUAL TABLE entry USING fts5(phrases, body, tokenize = 'unicode61 remove_diacritics 2', detail = column);
"""
_ADD_WORD = "INSERT INTO stem (rowid, word) VALUES (?, ?)"
_STEMS = "SELECT doc, term FROM stem_of"
_ADD_ENTRY = "INSERT INTO entry (rowid, phrases, body) VALUES (?, ?, ?)"
_RANK = """
SELECT rowid, -bm25(entry, 3.0, 1.0) AS score FROM entry WHERE entry MATCH ? ORDER BY score DESC LIMIT ?
"""


class SearchIndex:
    """Entries by their tokens. The token of a word is its stem, or the group of words that mean the same."""

    def __init__(self, entries: Sequence[Entry], same_words: Iterable[SameWords]) -> None:
        self._entries, self._lock = entries, Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.executescript(_SCHEMA)
        groups = {f"same{number}": group.words for number, group in enumerate(same_words)}
        phrases = [[telling(words_of(phrase)) for phrase in entry.phrases] for entry in entries]
        bodies = [telling(words_of(entry.text)) for entry in entries]
        self._points_to = {word: row for row, entry in enumerate(entries) for word in entry.words}
        self._known = Counter(chain(self._points_to, *groups.values(), *bodies, *chain.from_iterable(phrases)))
        self._token = self._stems(self._known)
        self._group = {self._token[word]: name for name, words in groups.items() for word in words}
        self._token = {word: self._group.get(stem, stem) for word, stem in self._token.items()}
        self._phrases = [[frozenset(self._token[word] for word in phrase) for phrase in each] for each in phrases]
        self._add(bodies)

    def _add(self, bodies: Sequence[Sequence[str]]) -> None:
        texts = [[self._token[word] for word in body] for body in bodies]
        every = [frozenset(chain(text, *each)) for text, each in zip(texts, self._phrases, strict=True)]
        self._tokens = every
        self._weight = {token: self._weigh(count) for token, count in Counter(chain.from_iterable(every)).items()}
        self._phrases_with: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
        for row, each in enumerate(self._phrases):
            for number, phrase in enumerate(each):
                for token in phrase:
                    self._phrases_with[token].add((row, number))
        lines = [" ".join(chain.from_iterable(each)) for each in self._phrases]
        rows = ((row, line, " ".join(text)) for row, (line, text) in enumerate(zip(lines, texts, strict=True)))
        self._db.executemany(_ADD_ENTRY, rows)

    def candidates(self, question: str) -> list[Candidate]:
        """Return the entries that share words with a question, in no order."""
        words = [spelt(word, self._known) for word in telling(words_of(question))[:MAX_WORDS]]
        tokens = self._read(words)
        named = {self._points_to[word] for word in words if word in self._points_to}
        weight = {token: self._weight.get(token, self._weigh(3)) for token in tokens}
        whole = sum(weight.values())
        known = [token for token in tokens if token in self._weight]
        if not known and not named:
            return []
        likeness_of = self._nearest(tokens, weight)
        ranked = self._rank(known)
        best = sorted(likeness_of, key=lambda row: -likeness_of[row])[:MAX_CANDIDATES]
        return [
            Candidate(
                self._entries[row],
                text=ranked.get(row, 0.0) / whole,
                phrase=likeness_of.get(row, 0.0),
                covered=sum(weight[token] for token in known if token in self._tokens[row]) / whole,
                named=row in named,
            )
            for row in dict.fromkeys((*ranked, *best, *named))
        ]

    def _rank(self, tokens: Sequence[str]) -> dict[int, float]:
        """Return the bm25 of the best entries."""
        match = " OR ".join(f'"{token}"' for token in tokens)
        with self._lock:
            return dict(self._db.execute(_RANK, (match, MAX_CANDIDATES)).fetchall()) if match else {}

    def _nearest(self, tokens: Sequence[str], weight: Mapping[str, float]) -> dict[int, float]:
        """Return how much each entry's nearest phrase is like the question."""
        asked, both = frozenset(tokens), {**self._weight, **weight}
        nearest: defaultdict[int, float] = defaultdict(float)
        for row, number in set().union(*(self._phrases_with.get(token, ()) for token in tokens)):
            nearest[row] = max(nearest[row], likeness(asked, self._phrases[row][number], both))
        return nearest

    def _read(self, words: Sequence[str]) -> list[str]:
        new = self._stems({word for word in words if word not in self._token})
        tokens = (self._token.get(word) or self._group.get(new[word], new[word]) for word in words)
        return list(dict.fromkeys(tokens))

    def _stems(self, words: Iterable[str]) -> dict[str, str]:
        """Return the stem of each word, as FTS5's porter tokenizer finds it."""
        numbered = dict(enumerate(words))
        if not numbered:
            return {}
        with self._lock:
            self._db.execute("BEGIN")
            self._db.executemany(_ADD_WORD, numbered.items())
            found = dict(self._db.execute(_STEMS).fetchall())
            self._db.execute("ROLLBACK")
        return {word: found.get(number, word) for number, word in numbered.items()}

    def _weigh(self, entries: int) -> float:
        """Return the weight of a token that so many entries have: the rarer, the heavier."""
        return math.log(1 + len(self._entries) / (entries + 0.5))


_ADD_UNANSWERED = insert(unanswered)
_COUNT_UNANSWERED = select(func.count()).where(unanswered.c.workspace_id == bindparam("w"))
_MOST_ASKED = (
    select(unanswered.c.question, func.count().label("times"))
    .where(unanswered.c.workspace_id == bindparam("w"))
    .group_by(unanswered.c.question)
    .order_by(func.count().desc(), func.max(unanswered.c.at).desc(), unanswered.c.question)
    .limit(bindparam("most"))
)


def add_unanswered(tx: Connection, workspace_id: str, question: str, now: datetime) -> None:
    """Add a question. The same words may be there already; they count again."""
    tx.execute(
        _ADD_UNANSWERED, {"workspace_id": workspace_id, "id": secrets.token_hex(12), "question": question, "at": now}
    )


def count_unanswered(tx: Connection, workspace_id: str) -> int:
    return tx.execute(_COUNT_UNANSWERED, {"w": workspace_id}).scalar_one()


def most_asked(tx: Connection, workspace_id: str, most: int) -> tuple[Unanswered, ...]:
    """Return the questions that were given most often, then the latest."""
    rows = tx.execute(_MOST_ASKED, {"w": workspace_id, "most": most})
    return tuple(Unanswered(row.question, row.times) for row in rows)
