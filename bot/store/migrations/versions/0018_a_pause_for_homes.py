"""Pause the Homes of a workspace by themselves when Slack limits them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("homes_paused_until", sa.Double(), nullable=True))


def downgrade() -> None:
    op.execute("ALTER TABLE workspace DROP COLUMN homes_paused_until")
