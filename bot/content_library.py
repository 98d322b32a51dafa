"""The content that a process serves. It can be read again while the process runs."""

import asyncio
import hashlib
import json
import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cached_property, partial
from pathlib import Path

from pydantic import BaseModel

from bot import content
from bot.content import ContentError
from bot.core import whatsnew
from bot.core.catalog import Catalog
from bot.core.editions import Copy
from bot.core.whatsnew import EntryKey
from bot.strict_yaml import Mistake

log = logging.getLogger(__name__)

CONTENT = [each.name for each in fields(Catalog) if each.name != "stale"]
MAX_LOGGED = 20  # mistakes in one line of the log


def _plain(value: object) -> object:
    """Return a field of the catalogue as JSON has it, in its order."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return [_plain(entry) for entry in value.values()]
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value


class Edition:
    """A catalogue with a version that two processes share if they teach the same."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._day: date | None = None

    def on(self, today: date) -> Catalog:
        """Return the catalogue as it is today. It is another object only on a day on which other skills are stale."""
        if today != self._day:
            self._day, self.catalog = today, self.catalog.as_of(today)
        return self.catalog

    @cached_property
    def version(self) -> str:
        """Return a hash of all content in its order. Comments, the form of the files and the day do not count."""
        text = json.dumps([_plain(getattr(self.catalog, name)) for name in CONTENT])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def entries(self) -> Mapping[EntryKey, str]:
        """Return a hash of the words of each entry."""
        return whatsnew.hashes(self.catalog)


class Library:
    """What this process teaches. A reader takes `catalog` once per request, so that it never sees two editions.

    `mistakes` are those of the files if they can't be used; then the last good edition is served. `is_news`: somebody
    asked this process to read the files, and other processes have not been told yet.
    """

    def __init__(self, edition: Edition, read: Callable[[], Catalog], mistakes: Sequence[Mistake] = ()) -> None:
        self._edition, self._read = edition, read
        self._reading = asyncio.Lock()
        self._process, self._name = secrets.token_hex(8), f"{socket.gethostname()[:60]}:{os.getpid()}"
        self.mistakes = tuple(mistakes)
        self.is_news = not mistakes
        if mistakes:
            self._log_refusal()

    @classmethod
    def fixed(cls, catalog: Catalog) -> "Library":
        """Return a library that always serves this catalogue."""
        return cls(Edition(catalog), lambda: catalog)

    @property
    def catalog(self) -> Catalog:
        """Return the catalogue that is served now."""
        return self._edition.catalog

    def catalog_on(self, today: date) -> Catalog:
        """Return the catalogue that is served now, as it is today."""
        return self._edition.on(today)

    @property
    def version(self) -> str:
        """Return the version of what is served now."""
        return self._edition.version

    @property
    def entries(self) -> Mapping[EntryKey, str]:
        """Return a hash of the words of each entry that is served now."""
        return self._edition.entries

    @property
    def copy(self) -> Copy:
        """Return what other processes may know about this one."""
        first = str(self.mistakes[0])[:300] if self.mistakes else None
        return Copy(self._process, self._name, self.version, len(self.mistakes), first)

    async def reload(self) -> bool:
        """Read the files again and serve them, because a person asked. Return False if they hold mistakes."""
        async with self._reading:
            edition = await self._read_anew(log_again=True)
            if edition is not None:
                self._serve(edition)
                self.is_news = True
            return edition is not None

    async def follow(self, version: str) -> None:
        """Read the files again and serve them if they are the version that another process serves."""
        async with self._reading:
            edition = await self._read_anew(log_again=False)
            if edition is not None and edition.version == version:
                self._serve(edition)

    async def _read_anew(self, *, log_again: bool) -> Edition | None:
        """Read the files in a thread. Return None if they hold mistakes: what is served stays as it is."""
        try:
            edition = await asyncio.to_thread(self._read_edition)
        except ContentError as error:
            is_known, self.mistakes = self.mistakes == error.mistakes, error.mistakes
            if log_again or not is_known:
                self._log_refusal()
            return None
        self.mistakes = ()
        return edition

    def _serve(self, edition: Edition) -> None:
        if edition.version != self.version:
            self._edition = edition
            log.info("content.loaded", extra={"version": self.version})

    def _read_edition(self) -> Edition:
        edition = Edition(self._read())
        _ = edition.version, edition.entries  # worked out here, in the thread
        return edition

    def _log_refusal(self) -> None:
        told = [str(mistake) for mistake in self.mistakes[:MAX_LOGGED]]
        log.error("content.refused", extra={"mistakes": told, "count": len(self.mistakes), "serving": self.version})


def open_library(packs: Sequence[Path]) -> Library:
    """Read the built-in content with these packs over it, or without them if they hold mistakes.

    Raise ContentError if the built-in content itself holds mistakes.
    """
    if not packs:
        return Library(Edition(content.load()), content.load)
    read = partial(content.load, content.FOLDER, tuple(packs))
    try:
        return Library(Edition(read()), read)
    except ContentError as error:
        return Library(Edition(_without_packs(packs)), read, error.mistakes)


def _without_packs(packs: Sequence[Path]) -> Catalog:
    """Return the built-in content, with the policy of the packs if it can be read: what it forbids stays forbidden."""
    try:
        return content.load(content.FOLDER, tuple(packs), only_policy=True)
    except ContentError:
        return content.load()
