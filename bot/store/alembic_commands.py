"""Alembic's commands over the app's own connection. `migrate.py` imports this only where it is needed."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bot.store.migrate import MIGRATIONS


def upgrade(tx: Connection) -> None:
    """Run the missing migrations."""
    command.upgrade(config(tx), "head")


def check(tx: Connection) -> None:
    """Raise if the tables in the code and those of the migrations differ."""
    command.check(config(tx))


def config(tx: Connection) -> Config:
    """Return Alembic's settings, with the connection that it should use."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = tx
    return settings
