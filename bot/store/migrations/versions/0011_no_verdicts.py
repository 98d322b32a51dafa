"""That a tip is not a member's work is a step of theirs, and nothing else."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("tip_given", "verdict")
