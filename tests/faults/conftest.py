"""The fixtures of the databases."""

from tests.databases import postgres_server

__all__ = ["postgres_server"]
