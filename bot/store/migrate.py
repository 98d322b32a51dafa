"""Migrate a database with Alembic, over the app's own connection."""

from enum import Enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

LOCK = 7_283_001  # the id of an advisory lock; no other program on the same database may use it
MIGRATIONS = Path(__file__).with_name("migrations")


class Schema(Enum):
    """How the tables in a database compare with those that this version of the bot expects.

    `NEWER`: a later version migrated it. Migrations only add, so the version before can work with them.
    """

    CURRENT = "current"
    BEHIND = "behind"
    NEWER = "newer"


def upgrade(tx: Connection) -> None:
    """Run the missing migrations in the caller's transaction. A second process waits until the first is done."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET LOCAL lock_timeout = 0"))  # the other process's migration may take long
        tx.execute(text("SET LOCAL statement_timeout = 0"))
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if schema(tx) is not Schema.NEWER:  # Alembic would fail: it does not know where it is
        command.upgrade(alembic_config(tx), "head")


def check(tx: Connection) -> None:
    """Raise if the tables in the code and those of the migrations differ."""
    command.check(alembic_config(tx))


def is_behind(tx: Connection) -> bool:
    """Return whether migrations are missing."""
    return schema(tx) is Schema.BEHIND


def schema(tx: Connection) -> Schema:
    """Return how the tables compare with those that the code expects."""
    scripts = ScriptDirectory.from_config(alembic_config(tx))
    revision = MigrationContext.configure(tx).get_current_revision()
    if revision == scripts.get_current_head():
        return Schema.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return Schema.BEHIND if revision is None or revision in known else Schema.NEWER


def alembic_config(tx: Connection) -> Config:
    """Return Alembic's settings, with the connection that it should use."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = tx
    return config
