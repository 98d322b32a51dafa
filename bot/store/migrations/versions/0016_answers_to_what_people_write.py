"""Keep what an answer is about until it is sent, and the thread to which a message is posted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("words", sa.String(length=300), nullable=True))
    op.add_column("delivery", sa.Column("thread", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Delete deliveries of the kinds that older versions don't know."""
    op.execute("DELETE FROM delivery WHERE kind IN ('answer', 'reply', 'introduction')")
    op.execute("ALTER TABLE delivery DROP COLUMN thread")
    op.execute("ALTER TABLE delivery DROP COLUMN words")
