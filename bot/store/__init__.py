"""The database: the only place that knows SQL. `open_store(url)` gives the store for a database's address."""

from bot.store.engine import Store, checked_store, open_store

__all__ = ["Store", "checked_store", "open_store"]
