"""A challenge has no goal and no lines in its thread, and always reminds once those who joined."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE challenge SET called_at = ends_at WHERE NOT calls_last AND called_at IS NULL")
    op.execute("DELETE FROM delivery WHERE kind = 'line'")
    for name in ("goal", "shows_entries", "calls_last"):
        op.drop_column("challenge", name)
