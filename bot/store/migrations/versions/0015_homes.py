"""Keep who opened their Home tab, and what it shows."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("claim_token", sa.String(length=32)),
        sa.Column("lease_until", sa.Double()),
        sa.Column("shown", sa.String(length=16)),
        sa.Column("view_hash", sa.String(length=64)),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["member.workspace_id", "member.member_id"],
            name=op.f("fk_home_workspace_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", name=op.f("pk_home")),
    )
    op.create_index(op.f("ix_home_due_at"), "home", ["due_at"])
    op.create_index(op.f("ix_home_opened_at"), "home", ["opened_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_home_opened_at"), table_name="home")
    op.drop_index(op.f("ix_home_due_at"), table_name="home")
    op.drop_table("home")
