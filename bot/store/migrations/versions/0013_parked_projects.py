"""Projects that wait while their member presses nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("project", sa.Column("parked_at", sa.DateTime(timezone=True)))
