"""What tests of the store share."""

from collections.abc import Iterator

import pytest
from alembic.script import ScriptDirectory

from bot.store.migrate import MIGRATIONS


@pytest.fixture(scope="session", autouse=True)
def migrations_are_read_once() -> Iterator[None]:
    """Let Alembic's commands share the migrations: each of them would read all files anew."""
    migrations = ScriptDirectory(str(MIGRATIONS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptDirectory, "from_config", lambda _config: migrations)
        yield
