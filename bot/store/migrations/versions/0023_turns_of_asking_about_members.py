"""Keep when a worker may next ask Slack about a workspace's members, so that workers share this work."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("next_ask_at", sa.Double(), nullable=True))


def downgrade() -> None:
    op.execute("ALTER TABLE workspace DROP COLUMN next_ask_at")
