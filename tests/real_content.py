"""The real content. Each process of a test run reads and hashes it once."""

import copy
import functools

from bot import content
from bot.content_library import Edition, Library
from bot.core.catalog import Catalog


@functools.cache
def load() -> Catalog:
    """Return the real content."""
    return content.load()


def shared_library() -> Library:
    """Return what a bot without packs teaches, as a start reads it."""
    return Library(copy.copy(_edition()), content.load)


@functools.cache
def _edition() -> Edition:
    edition = Edition(load())
    _ = edition.version, edition.entries  # hashed here; a copy has the hashes too
    return edition
