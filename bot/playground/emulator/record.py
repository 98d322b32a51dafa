"""Every post that the emulator accepted, in order, so that proofs can count what really went out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.playground.emulator.blocks import Json


@dataclass(frozen=True)
class Post:
    """One accepted call that shows something to someone, just as the app sent it."""

    number: int
    at: str
    workspace: str
    method: str
    channel: str | None
    person: str | None
    ts: str | None
    text: str
    blocks: list[Json] | None
    metadata: Json | None
    thread_ts: str | None = None


class Record:
    """Grows only; with a `path` each post is also a line of that file before the app has its answer."""

    def __init__(self, path: Path | None = None) -> None:
        self.posts: list[Post] = []
        self._file = path.open("a", encoding="utf-8") if path else None

    def add(self, post: Post) -> None:
        self.posts.append(post)
        if self._file:
            self._file.write(json.dumps(asdict(post)) + "\n")
            self._file.flush()

    def close(self) -> None:
        if self._file:
            self._file.close()
