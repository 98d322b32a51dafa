"""The surroundings of a bot in which all is well."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.driver.standin import StandIn
from tests.ops.world import World


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
