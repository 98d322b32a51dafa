"""Figures are of the whole workspace, and each week is counted once. Those of before are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("counted_until", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE workspace SET counted_until = "
        "(SELECT max(taken_at) FROM snapshot WHERE snapshot.workspace_id = workspace.workspace_id)"
    )
    op.drop_table("snapshot")
    op.create_table(
        "snapshot",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figure", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "ended_at", "figure", name="pk_snapshot"),
    )
