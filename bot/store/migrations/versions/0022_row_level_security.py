"""Row-level security on PostgreSQL: a role that does not own the tables gets the rows of one workspace alone.

The owner of the tables notices nothing. Other roles see no row until `roleshift.workspace` names a workspace, or `*`.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = (
    "audit", "challenge", "coach_admin", "delivery", "entry", "event_seen", "export_link", "home", "installation",
    "member", "path_shared", "plan", "practice", "quiz", "schedule", "showing", "situation", "skill_history",
    "skill_mark", "snapshot", "tip_given", "tip_set_aside", "tombstone", "unanswered", "workspace",
)  # fmt: skip
POLICY = """
CREATE POLICY one_workspace ON {table} USING (
    workspace_id = current_setting('roleshift.workspace', true) OR current_setting('roleshift.workspace', true) = '*'
)
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(POLICY.format(table=table))


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"DROP POLICY one_workspace ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
