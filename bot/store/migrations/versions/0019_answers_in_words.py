"""Keep the host whose language model may put a workspace's answers into words."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("worded_by", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.execute("ALTER TABLE workspace DROP COLUMN worded_by")
