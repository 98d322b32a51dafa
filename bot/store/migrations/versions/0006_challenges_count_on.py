"""A challenge counts who joined and did it, also once they are forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("joined_before", "done_before"):
        op.add_column("challenge", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
