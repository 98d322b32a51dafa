"""The database: the only place that knows SQL. `open_store(url)` gives the store for a database's address."""

from bot.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
