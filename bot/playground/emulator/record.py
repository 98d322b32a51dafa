"""Every post that the emulator accepted, in order, so that proofs can count what really went out."""

from __future__ import annotations

from dataclasses import dataclass

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
    def __init__(self) -> None:
        self.posts: list[Post] = []

    def add(self, post: Post) -> None:
        self.posts.append(post)
