"""What became of a suggestion."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("suggestion", sa.Column("started", sa.Boolean()))
