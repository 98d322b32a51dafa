"""Add indexes for the sweep by age, and set the time for members who left before it was recorded."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = (("workspace", "disconnected_at"), ("member", "left_at"), ("audit", "at"))
_moment = sa.DateTime(timezone=True)
_member = sa.table("member", sa.column("profile_at", _moment), sa.column("left_at", _moment))


def upgrade() -> None:
    """Set `left_at` to now for members without `profile_at`: they may not be coached, and their days of grace begin."""
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.execute(
        sa.update(_member)
        .where(_member.c.profile_at.is_(None), _member.c.left_at.is_(None))
        .values(left_at=sa.bindparam("now", datetime.now(UTC), type_=_moment))
    )


def downgrade() -> None:
    """Drop the indexes; the dates stay."""
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
