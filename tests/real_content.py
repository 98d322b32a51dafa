"""The real content. Each process of a test run reads it once."""

import functools

from bot import content
from bot.content_library import Library
from bot.core.catalog import Catalog


@functools.cache
def load() -> Catalog:
    """Return the real content."""
    return content.load()


def shared_library() -> Library:
    """Return what a bot without packs teaches, as a start reads it."""
    return Library(load())
