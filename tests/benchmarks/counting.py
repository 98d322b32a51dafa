"""Run every command in the real app, in this process, and count what it needs before it answers."""

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from unittest import mock

from slack_bolt.request.async_request import AsyncBoltRequest
from sqlalchemy import Engine, event

from bot.core.catalog import Catalog
from bot.run import app
from bot.run.settings import load
from bot.slack.nouns import NOUNS
from tests.benchmarks.caller import signature
from tests.benchmarks.minimal_slack import MinimalSlack, form


@dataclass(frozen=True, slots=True)
class Needed:
    """What one command needed at most, over members with few and with many skills."""

    name: str
    calls: int
    statements: int
    commits: int

    @property
    def writes(self) -> bool:
        """Return whether the command writes: only then it has a transaction to commit."""
        return self.commits > 0

    def __or__(self, other: "Needed") -> "Needed":
        return Needed(
            self.name,
            max(self.calls, other.calls),
            max(self.statements, other.statements),
            max(self.commits, other.commits),
        )


_LISTENING: ContextVar["Statements"] = ContextVar("statements")


class Statements:
    """Listens to SQLAlchemy while it is entered, for this task and those that it starts; the jobs have others."""

    def __init__(self) -> None:
        self.seen = self.commits = 0

    def __enter__(self) -> Self:
        self._entered = _LISTENING.set(self)
        event.listen(Engine, "before_cursor_execute", self._executes)
        event.listen(Engine, "commit", self._commits)
        return self

    def __exit__(self, *_: object) -> None:
        _LISTENING.reset(self._entered)
        event.remove(Engine, "before_cursor_execute", self._executes)
        event.remove(Engine, "commit", self._commits)

    def _executes(self, *_: Any) -> None:
        if _LISTENING.get(None) is self:
            self.seen += 1

    def _commits(self, _tx: Any) -> None:
        if _LISTENING.get(None) is self:
            self.commits += 1


async def count_commands(slack: MinimalSlack, scratch: Path) -> Sequence[Needed]:
    """Count a member's very first command, then every command."""
    logging.getLogger().setLevel(logging.ERROR)  # Bolt remarks on its settings
    with mock.patch.dict(os.environ, slack.environment(), clear=True), contextlib.chdir(scratch):
        settings = load()
        async with app.start(settings) as bot:
            asking = _Asking(bot, slack)
            catalog = asking.catalog
            role, skills = next(iter(catalog.roles.values())), tuple(catalog.skills)
            first = await asking.ask(f"myrole {role.slug}", "U0NEW", name="a member's first: myrole <role>")
            members = {f"U{number}SKILLS": skills[:number] for number in (0, 8, len(skills))}
            for member, learned in members.items():
                for words in (f"myrole {role.slug}", *(f"learn {skill}" for skill in learned)):
                    await asking.ask(words, member)
            return [first, *[await asking.most(words, members) for words in _lines(catalog)]]


def _lines(catalog: Catalog) -> Iterator[str]:
    """Yield each command alone, and with words if it takes some."""
    words = {
        "myrole": next(iter(catalog.roles)), "role": next(iter(catalog.roles)),
        "skill": next(iter(catalog.skills)), "skills": next(iter(catalog.roles)), "theme": next(iter(catalog.themes)),
        "tip": next(iter(catalog.skills)), "learn": list(catalog.skills)[8], "unlearn": list(catalog.skills)[8],
    }  # fmt: skip
    for verb in (each.word for each in NOUNS.in_order):
        if verb not in {"learn", "unlearn", "role", "skill", "theme"}:  # alone these only ask which one
            yield verb
        if verb in words:
            yield f"{verb} {words[verb]}"


@dataclass(frozen=True, slots=True)
class _Asking:
    bot: app.Bot
    slack: MinimalSlack

    @property
    def catalog(self) -> Catalog:
        return self.bot.services.catalog

    async def most(self, words: str, members: Sequence[str] | dict[str, Any]) -> Needed:
        first, *others = [await self.ask(words, member) for member in members]
        for other in others:
            first |= other
        return first

    async def ask(self, words: str, member: str, name: str = "") -> Needed:
        body = form(words, member)
        headers: dict[str, str | Sequence[str]] = {**signature(body.encode())}
        headers["content-type"] = "application/x-www-form-urlencoded"
        before = self.slack.calls.total()
        with Statements() as statements:
            answer = await self.bot.bolt.async_dispatch(AsyncBoltRequest(body=body, headers=headers))
        assert answer.status == 200, answer.body
        calls = self.slack.calls.total() - before
        return Needed(name or f"/roleshift {words}", calls, statements.seen, statements.commits)
