"""Keep the digests of links with which members fetch their data once."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export_link",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["member.workspace_id", "member.member_id"],
            name=op.f("fk_export_link_workspace_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "digest", name=op.f("pk_export_link")),
    )
    op.create_index(op.f("ix_export_link_until"), "export_link", ["until"])


def downgrade() -> None:
    op.drop_index(op.f("ix_export_link_until"), table_name="export_link")
    op.drop_table("export_link")
