"""Keep what became of tips: practice, what a member has at hand, checks, plans, and skills shown to colleagues."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Until now a reminder had no plan. Its key ended with the week, which becomes the id of its plan.
PLANS_OF_REMINDERS = """
INSERT INTO plan (workspace_id, member_id, tip, plan_id, at, made_at)
SELECT workspace_id, member_id, subject, min(substr(key, length('reminder:' || member_id || ':') + 1)),
    min(due_at), min(due_at)
FROM delivery
WHERE kind = 'reminder' AND state IN ('planned', 'sending') AND subject IS NOT NULL AND member_id IS NOT NULL
GROUP BY workspace_id, member_id, subject
"""

SHOWN_ONCE = "ix_showing_workspace_id_member_id_skill_channel_day"


def upgrade() -> None:
    op.create_table(
        "practice",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("blocker", sa.String(length=10), nullable=True),
        sa.Column("line", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["member.workspace_id", "member.member_id"],
            name=op.f("fk_practice_workspace_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "tip", "at", name=op.f("pk_practice")),
    )
    op.create_table(
        "situation",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("need", sa.String(length=80), nullable=False),
        sa.Column("has", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=True),
        sa.Column("had", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["member.workspace_id", "member.member_id"],
            name=op.f("fk_situation_workspace_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "need", name=op.f("pk_situation")),
    )
    op.create_table(
        "quiz",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("asking", sa.String(length=120), nullable=False),
        sa.Column("check_id", sa.String(length=80), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen", sa.SmallInteger(), nullable=True),
        sa.Column("right", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["member.workspace_id", "member.member_id"],
            name=op.f("fk_quiz_workspace_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "asking", name=op.f("pk_quiz")),
    )
    op.create_table(
        "plan",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("plan_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cue", sa.String(length=80), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["member.workspace_id", "member.member_id"],
            name=op.f("fk_plan_workspace_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "tip", name=op.f("pk_plan")),
    )
    op.create_table(
        "showing",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("showing_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["member.workspace_id", "member.member_id"],
            name=op.f("fk_showing_workspace_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "showing_id", name=op.f("pk_showing")),
    )
    op.create_index(op.f(SHOWN_ONCE), "showing", ["workspace_id", "member_id", "skill", "channel", "day"], unique=True)
    op.create_table(
        "path_shared",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "member_id"],
            ["member.workspace_id", "member.member_id"],
            name=op.f("fk_path_shared_workspace_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "role", name=op.f("pk_path_shared")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("check_name", sa.String(length=130), nullable=True))
    op.execute(PLANS_OF_REMINDERS)


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_column("check_name")
    op.drop_index(op.f(SHOWN_ONCE), table_name="showing")
    for table in ("path_shared", "showing", "plan", "quiz", "situation", "practice"):
        op.drop_table(table)
