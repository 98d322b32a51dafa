"""The real content. Each process of a test run reads it once."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.content.library import FOLDER, Library, load as read
from bot.core.catalog import Catalog


@functools.cache
def load() -> Catalog:
    return read()


def load_once(folder: Path = FOLDER, packs: Sequence[Path] = (), **more: Any) -> Catalog:
    """Return what `library.load` returns, without reading the real content again."""
    return read(folder, packs, **more) if packs or more or folder != FOLDER else load()


def shared_library() -> Library:
    """Return what a bot without packs teaches, as a start reads it."""
    return Library(load())
