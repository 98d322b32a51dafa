"""Messages that the bot does not send any more, and what it noted for them and for the recaps of challenges."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    delivery = sa.table("delivery", sa.column("kind"))
    op.execute(sa.delete(delivery).where(delivery.c.kind.in_(["another", "last-call"])))
    for table, column in (("challenge", "called_at"), ("challenge", "changes"), ("entry", "picked")):
        op.drop_column(table, column)
