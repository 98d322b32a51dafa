"""What nobody reads any more: in which message a reminder was planned, and who told a channel of a finished path."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.drop_column("plan", "shown_in")
    op.drop_table("path_shared")
