"""The content that a process serves: the built-in folder, and over it the packs that hold no mistake."""

import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot import content
from bot.content import ContentError
from bot.core.catalog import Catalog, PackState
from bot.pack import title_of
from bot.strict_yaml import Mistake

log = logging.getLogger(__name__)

MAX_LOGGED = 20  # mistakes in one line of the log


class Library:
    """What this process teaches until it stops."""

    def __init__(self, catalog: Catalog, packs: Sequence[PackState] = ()) -> None:
        self._catalog, self.packs = catalog, tuple(packs)
        self._day: date | None = None

    def catalog_on(self, today: date) -> Catalog:
        """Return the catalogue as it is today. It is another object only on a day on which other skills are stale."""
        if today != self._day:
            self._day, self._catalog = today, self._catalog.as_of(today)
        return self._catalog


def open_library(packs: Sequence[Path]) -> Library:
    """Read the built-in content with these packs over it, without those that hold mistakes.

    The policy of a pack that is left out holds if it can be read: what it forbids stays forbidden. Raise ContentError
    if the built-in content itself holds mistakes.
    """
    used, only_policy = list(packs), frozenset[Path]()
    refused: dict[Path, int] = {}  # how many mistakes each pack holds that is left out
    mistakes: dict[Mistake, None] = {}
    while True:
        try:
            catalog = content.load(content.FOLDER, used, only_policy=only_policy)
            break
        except ContentError as error:
            if not used:
                raise
            mistakes |= dict.fromkeys(error.mistakes)
            for pack, count in (error.packs or _last(used, only_policy, len(error.mistakes))).items():
                refused.setdefault(pack, count)
                if pack in only_policy:
                    used.remove(pack)
            only_policy |= refused.keys()
    if mistakes:
        told = [str(mistake) for mistake in mistakes][:MAX_LOGGED]
        log.error("content.refused", extra={"mistakes": told, "count": len(mistakes)})
    states = (PackState(title_of(pack, number), refused.get(pack, 0)) for number, pack in enumerate(packs, 1))
    return Library(catalog, list(states))


def _last(used: Sequence[Path], only_policy: frozenset[Path], count: int) -> dict[Path, int]:
    """Return the last pack that is read whole, for mistakes that came with a pack but stand in the built-in folder."""
    return {next((pack for pack in reversed(used) if pack not in only_policy), used[-1]): count}
