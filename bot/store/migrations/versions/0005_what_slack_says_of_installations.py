"""When Slack was asked about an installation, what it said, and when an organisation gave and withdrew its own."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (
        ("installation", "looked_at"),
        ("installation", "refused_at"),
        ("installation", "gone_since"),
        ("workspace", "granted_at"),
        ("workspace", "withdrawn_at"),
    ):
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True)))
    op.execute("UPDATE installation SET installed_by = NULL WHERE workspace_id LIKE 'E%'")
