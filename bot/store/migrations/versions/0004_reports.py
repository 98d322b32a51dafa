"""How many lines a member reported in a day; and the audit names nobody who was refused."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member", sa.Column("reports", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("member", sa.Column("reports_since", UtcDateTime()))
    op.execute("UPDATE audit SET admin_id = NULL WHERE act = 'denied'")
