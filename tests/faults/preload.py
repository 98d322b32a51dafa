"""The modules that the fork server imports: all that a process needs, so that it starts in milliseconds.

Nothing else may import this module: it replaces `library.load_with_places` for the whole process.
"""

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tests.faults.worker
from bot.coach.ask import hearing_of
from bot.content import library
from bot.core.catalog import Catalog

__all__ = ("tests",)  # imported for what it brings along

_load, _loaded = library.load_with_places, library.load_with_places()
hearing_of(_loaded[0])


def _load_once(
    folder: Path = library.FOLDER, packs: Sequence[Path] = (), **more: Any
) -> tuple[Catalog, library.PlacesOf]:
    """Return the built-in content that was read before the fork: it is frozen, so each process may use it."""
    return _load(folder, packs, **more) if packs or folder != library.FOLDER else _loaded


library.load_with_places = _load_once
gc.collect()
gc.freeze()  # what was imported stays shared between the processes
