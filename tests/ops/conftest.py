"""The surroundings of a bot for tests of `python -m bot check`: all is well until a test breaks something."""

import os
import sqlite3
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.ops import check
from bot.ops.findings import Finding, Severity, as_json, as_text
from bot.run.settings import variables
from tests.driver.apps import roleshift
from tests.driver.standin import StandIn

SECRETS = [name for name in variables() if name.endswith(("TOKEN", "SECRET", "KEYS", "KEY"))]


@dataclass
class World:
    slack: StandIn
    folder: Path
    patch: pytest.MonkeyPatch
    holders: list[sqlite3.Connection] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.folder / "roleshift.db"

    def set(self, name: str, value: str) -> None:
        self.patch.setenv(name, value)

    def loses(self, scope: str) -> None:
        self.slack.workspace.scopes = roleshift().scopes - {scope}

    async def check(self, patience: float = check.PATIENCE) -> Sequence[Finding]:
        return await checked(patience)


async def checked(patience: float = check.PATIENCE) -> Sequence[Finding]:
    """Check everything. No secret may be in what is printed."""
    found = await check.check(Clock(), patience)
    printed = as_text(found) + as_json(found)
    for name in SECRETS:
        secret = os.environ.get(name, "")
        assert not secret or secret not in printed, f"the value of {name} is printed"
    return found


def about(found: Sequence[Finding], part: str) -> Finding:
    return max((each for each in found if each.part == part), key=lambda each: list(Severity).index(each.level))


@pytest.fixture
async def world(tmp_path: Path, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.chdir(tmp_path)  # where no .env is
    async with StandIn(clock_file=tmp_path / "clock") as slack:
        for name, value in slack.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DATABASE_URL", migrated_sqlite)
        world = World(slack, tmp_path, monkeypatch)
        yield world
        for holder in world.holders:
            holder.close()
