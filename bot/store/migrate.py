"""Find out whether the tables are those of the code, and create them. Alembic is imported only for that.

To import it takes a tenth of a start, and most starts find nothing to do.
"""

import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.core.errors import WrongSchema
from bot.store.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 7_283_001  # the id of an advisory lock; no other program on the same database may use it
MIGRATIONS = Path(__file__).with_name("migrations")
BEHIND = "The database is not up to date. Run `python -m bot migrate` first."
OTHER = (
    "The tables in this database are those of a newer version of the bot, or of one before 1.0.0, which can't be "
    "converted. Run the version that made them, or set DATABASE_URL to an empty database."
)


class Schema(Enum):
    """How the tables in a database compare with those that this version of the bot expects."""

    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    OTHER = "other"


def upgrade(tx: Connection) -> bool:
    """Run the missing migrations in the caller's transaction, and return whether there were any. Raise WrongSchema.

    A second process waits until the first is done.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET LOCAL lock_timeout = 0"))  # the other process's migration may take long
        tx.execute(text("SET LOCAL statement_timeout = 0"))
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if (found := schema(tx)) is Schema.OTHER:
        raise WrongSchema(OTHER)
    if found is Schema.CURRENT:
        return False
    from alembic import command  # noqa: PLC0415 - see above

    if found is Schema.EMPTY:
        metadata.create_all(tx, checkfirst=False)
        command.stamp(config(tx), "head")
    else:
        command.upgrade(config(tx), "head")
    return True


def check(tx: Connection) -> None:
    """Raise WrongSchema unless all migrations have run."""
    if (found := schema(tx)) is not Schema.CURRENT:
        raise WrongSchema(OTHER if found is Schema.OTHER else BEHIND)


def schema(tx: Connection) -> Schema:
    known, revision = revisions(), None
    if inspect(tx).has_table("alembic_version"):
        revision = tx.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is None:
        return Schema.EMPTY
    if revision == known[-1]:
        return Schema.CURRENT
    return Schema.BEHIND if revision in known else Schema.OTHER


def revisions() -> list[str]:
    files = sorted(MIGRATIONS.glob("versions/[0-9]*.py"))
    return [found[1] for path in files if (found := re.search('^revision = "(.+)"$', path.read_text(), re.MULTILINE))]


def config(tx: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see above

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = tx
    return settings
