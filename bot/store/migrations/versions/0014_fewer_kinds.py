"""Kinds of messages that the bot does not send any more."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    delivery = sa.table("delivery", sa.column("kind"))
    op.execute(sa.delete(delivery).where(delivery.c.kind.in_(["another"])))
