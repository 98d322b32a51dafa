"""Keep the installations of many workspaces, and the links of installations that are under way."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("enterprise_id", sa.String(length=32), nullable=True),
        sa.Column("app_id", sa.String(length=32), nullable=True),
        sa.Column("bot_user", sa.String(length=32), nullable=True),
        sa.Column("scopes", sa.String(length=500), nullable=True),
        sa.Column("token", sa.String(length=1000), nullable=True),
        sa.Column("refresh_token", sa.String(length=1000), nullable=True),
        sa.Column("key_id", sa.String(length=16), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("installed_by", sa.String(length=32), nullable=True),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_claim", sa.String(length=32), nullable=True),
        sa.Column("refresh_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_installation")),
    )
    op.create_index(op.f("ix_installation_expires_at"), "installation", ["expires_at"], unique=False)
    op.create_table(
        "install_link",
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_install_link")),
    )
    op.create_index(op.f("ix_install_link_until"), "install_link", ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("install_link")
    op.drop_table("installation")
