"""Tokens of members' assistants, and the switch that keeps all assistants out."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("workspace", sa.Column("no_assistants", sa.Boolean))
    moment, member = sa.DateTime(timezone=True), ["workspace_id", "member_id"]
    op.create_table(
        "assistant_token",
        *(sa.Column(name, sa.String(32)) for name in member),
        sa.Column("label", sa.String(16)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint(*member, "label", name="pk_assistant_token"),
        sa.ForeignKeyConstraint(
            member, [f"member.{name}" for name in member], "fk_assistant_token_workspace_id_member_id",
            ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_index("ix_assistant_token_until", "assistant_token", ["until"])
