"""The modules that the fork server imports: all that a process needs, so that it starts in milliseconds.

Nothing else may import this module: it replaces `library.load` for the whole process.
"""

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tests.faults.worker
from bot.content import library
from bot.core.catalog import Catalog

__all__ = ("tests",)  # imported for what it brings along

_load, _loaded = library.load, library.load()


def _load_once(folder: Path = library.FOLDER, packs: Sequence[Path] = (), **more: Any) -> Catalog:
    """Return the built-in content that was read before the fork: it is frozen, so each process may use it."""
    return _load(folder, packs, **more) if packs else _loaded


library.load = _load_once
gc.collect()
gc.freeze()  # what was imported stays shared between the processes
