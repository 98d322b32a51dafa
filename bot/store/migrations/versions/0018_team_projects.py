"""A team's project of the month, what its members show of it, and leads who are told that they lead."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("challenge", sa.Column("team_id", sa.String(16)))
    op.add_column("challenge", sa.Column("recap_ts", sa.String(32)))
    op.add_column("challenge", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
    op.add_column("entry", sa.Column("goes_on", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("lead", sa.Column("dm_channel", sa.String(32)))
