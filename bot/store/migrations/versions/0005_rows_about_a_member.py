"""Add foreign keys to members, the tombstones, and the time at which a member left."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ABOUT_A_MEMBER = ("skill_mark", "skill_history", "tip_given", "entry", "schedule", "delivery", "coach_admin")
KEY = ["workspace_id", "member_id"]


def upgrade() -> None:
    """Remove rows that forgotten members left behind first: the foreign keys would not hold with them."""
    for table in ABOUT_A_MEMBER:
        op.execute(
            f"DELETE FROM {table} WHERE member_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM member "  # nosec B608 # noqa: S608 - names of our own
            f"WHERE member.workspace_id = {table}.workspace_id AND member.member_id = {table}.member_id)"
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_foreign_key(_name(table), "member", KEY, KEY, ondelete="CASCADE")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_ended_at"), ["ended_at"], unique=False)
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_workspace_id_member_id"), KEY, unique=False)
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "tombstone",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "digest", name=op.f("pk_tombstone")),
    )


def downgrade() -> None:
    """Take the same back; the rows stay."""
    op.drop_table("tombstone")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_column("left_at")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_workspace_id_member_id"))
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_ended_at"))
    for table in ABOUT_A_MEMBER:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(_name(table), type_="foreignkey")


def _name(table: str) -> str:
    return f"fk_{table}_workspace_id_member_id"
