"""The tables of 1.0.0. A new database gets those of now at once: `bot/store/migrate.py`."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Leave it to the database: who has this revision has these tables."""
