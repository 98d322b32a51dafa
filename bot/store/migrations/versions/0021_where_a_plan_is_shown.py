"""Keep in which message a member planned a tip, so that it can be drawn anew when the plan changes elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("shown_in", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.execute("ALTER TABLE plan DROP COLUMN shown_in")
