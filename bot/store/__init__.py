"""The database: the only place that knows SQL. `open_store(url)` gives the store for a database's address."""

from bot.store.engine import Store as Store, checked_store as checked_store, open_store as open_store
