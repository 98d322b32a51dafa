"""Name the columns of the rate limit after what they hold."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAMES = (("next_slot", "next_send_at"), ("held_until", "paused_until"))


def upgrade() -> None:
    for old, new in NAMES:
        op.execute(f"ALTER TABLE workspace RENAME COLUMN {old} TO {new}")


def downgrade() -> None:
    for old, new in NAMES:
        op.execute(f"ALTER TABLE workspace RENAME COLUMN {new} TO {old}")
