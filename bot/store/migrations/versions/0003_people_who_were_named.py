"""Leads and coach admins need not be members; when Slack was last asked about them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("coach_admin", "lead"):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"fk_{name}_workspace_id_member_id", type_="foreignkey")
            table.add_column(sa.Column("asked_at", sa.DateTime(timezone=True)))
