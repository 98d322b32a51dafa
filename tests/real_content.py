"""The real content. Each process of a test run reads it once."""

import functools

from bot.content import library
from bot.content.library import Library
from bot.core.catalog import Catalog


@functools.cache
def load() -> Catalog:
    return library.load()


def shared_library() -> Library:
    """Return what a bot without packs teaches, as a start reads it."""
    return Library(load())
