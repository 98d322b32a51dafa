"""Find out whether a database lacks migrations, and run them. Alembic is imported only to run them.

To import it takes a tenth of a start, and most starts find nothing to do.
"""

from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, inspect, text

LOCK = 7_283_001  # the id of an advisory lock; no other program on the same database may use it
MIGRATIONS = Path(__file__).with_name("migrations")


class Schema(Enum):
    """How the tables in a database compare with those that this version of the bot expects.

    `NEWER`: a later version migrated it. Migrations only add, so the version before can work with them.
    """

    CURRENT = "current"
    BEHIND = "behind"
    NEWER = "newer"


def upgrade(tx: Connection) -> bool:
    """Run the missing migrations in the caller's transaction, and return whether there were any.

    A second process waits until the first is done.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET LOCAL lock_timeout = 0"))  # the other process's migration may take long
        tx.execute(text("SET LOCAL statement_timeout = 0"))
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if not is_behind(tx):  # at a revision that it does not know, Alembic would fail
        return False
    from bot.store import alembic_commands  # noqa: PLC0415 - see above

    alembic_commands.upgrade(tx)
    return True


def is_behind(tx: Connection) -> bool:
    """Return whether migrations are missing."""
    return schema(tx) is Schema.BEHIND


def schema(tx: Connection) -> Schema:
    """Return how the tables compare with those that the code expects."""
    known, revision = revisions(), _revision(tx)
    if revision == known[-1]:
        return Schema.CURRENT
    return Schema.BEHIND if revision is None or revision in known else Schema.NEWER


def revisions() -> list[str]:
    """Return the migrations in their order. Each file begins with the number of its revision."""
    return sorted(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))


def _revision(tx: Connection) -> str | None:
    """Return the revision that Alembic has noted; None in an empty database."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    noted: str | None = tx.scalar(text("SELECT version_num FROM alembic_version"))
    return noted
