"""No questions about the team any more."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE delivery SET check_name = NULL WHERE check_name LIKE 'pulse:%'")
    op.drop_table("pulse")
