"""The database: the only package that contains SQL. `open_store(url)` returns the store for a database address."""

from bot.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
