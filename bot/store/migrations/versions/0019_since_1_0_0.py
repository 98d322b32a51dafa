"""What changed from 1.0.0 to 1.1.0."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0001"

MOMENT, ID, SLUG = sa.DateTime(timezone=True), sa.String(32), sa.String(80)
MOMENTS = {
    "installation": ("looked_at", "refused_at", "gone_since"),  # when Slack was asked about it, and what it said
    "workspace": ("granted_at", "withdrawn_at", "counted_until"),  # by an organisation; its figures
    "member": ("reports_since",),
}
NOT_READ = {  # by anybody any more
    "challenge": ("goal", "shows_entries", "calls_last", "called_at", "changes"),
    "entry": ("picked",),
    "plan": ("shown_in",),
    "tip_given": ("verdict",),  # that a tip is not a member's work is a step of theirs
    "delivery": ("before", "check_name", "words"),
}
# The rest of the object after a tip, from the question that is asked with it.
ASKED = """CASE WHEN check_name IS NULL OR check_name LIKE 'pulse:%' THEN ''
  WHEN check_name = 'rhythm' THEN ',"asks_rhythm":true'
  WHEN check_name LIKE 'still:%' THEN ',"still":"' || substr(check_name, 7) || '"'
  ELSE ',"check":["' || replace(check_name, '/', '","') || '"]' END"""
# Ids, slugs and keys: nothing in them needs an escape in JSON.
OBJECTS = {
    f"""'{{"tip":"' || before || '"' || {ASKED} || '}}'""": ("nudge", "reminder", "another"),
    """'{"challenge_id":"' || before || '"}'""": ("challenge", "last-call", "recap", "unjoined"),
    """'{"key":"' || before || '"}'""": ("notice",),
    """'{"team_id":"' || replace(before, '/', '","turn":') || '}'""": ("lead",),
}


def upgrade() -> None:
    for name in ("pulse", "path_shared", "unanswered"):  # questions about the team, and some to its admins
        op.drop_table(name)
    for name in ("coach_admin", "lead"):  # they need not be members; when Slack was last asked about them
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"fk_{name}_workspace_id_member_id", type_="foreignkey")
            table.add_column(sa.Column("asked_at", MOMENT))
    for name, columns in MOMENTS.items():
        for column in columns:
            op.add_column(name, sa.Column(column, MOMENT))
    op.add_column("member", sa.Column("reports", sa.SmallInteger, nullable=False, server_default="0"))
    op.execute("UPDATE audit SET admin_id = NULL WHERE act = 'denied'")
    op.execute("UPDATE installation SET installed_by = NULL WHERE workspace_id LIKE 'E%'")
    _figures()
    _projects_labs_and_assistants()
    _subjects()
    _challenges()
    for name, columns in NOT_READ.items():
        for column in columns:
            op.drop_column(name, column)


def _figures() -> None:
    """Figures are of the whole workspace, and each week is counted once. Those of before are deleted."""
    op.execute(
        "UPDATE workspace SET counted_until = "
        "(SELECT max(taken_at) FROM snapshot WHERE snapshot.workspace_id = workspace.workspace_id)"
    )
    op.drop_table("snapshot")
    key = (sa.Column("workspace_id", ID), sa.Column("ended_at", MOMENT), sa.Column("figure", SLUG))
    count = sa.Column("count", sa.Integer, nullable=False)
    op.create_table("snapshot", *key, count, sa.PrimaryKeyConstraint(*key, name="pk_snapshot"))


def _projects_labs_and_assistants() -> None:
    op.add_column("member", sa.Column("singles_only", sa.Boolean, nullable=False, server_default=sa.false()))
    moments = ("offered_at", "begun_at", "parked_at", "left_at", "ended_at")
    _of_members("project", sa.Column("slug", SLUG), *(sa.Column(name, MOMENT) for name in moments))
    _of_members("lab_solved", sa.Column("lab", SLUG), sa.Column("solved_at", MOMENT, nullable=False))
    op.add_column("workspace", sa.Column("no_assistants", sa.Boolean))
    columns: dict[str, Any] = {"digest": sa.String(64), "made_at": MOMENT, "until": MOMENT}
    required = (sa.Column(name, type_, nullable=False) for name, type_ in columns.items())
    _of_members("assistant_token", sa.Column("label", sa.String(16)), *required)
    op.create_index("ix_assistant_token_until", "assistant_token", ["until"])


def _of_members(name: str, thing: sa.Column[Any], *more: sa.Column[Any]) -> None:
    """Make a table with a row for each member and thing."""
    who = ("workspace_id", "member_id")
    key = (*(sa.Column(column, ID) for column in who), thing)
    theirs = sa.ForeignKeyConstraint(
        who, [f"member.{column}" for column in who], name=f"fk_{name}_workspace_id_member_id", ondelete="CASCADE"
    )
    op.create_table(name, *key, *more, theirs, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"))


def _subjects() -> None:
    """What a delivery is about is one JSON object, and so is an answer or a task that was not sent yet."""
    op.execute("ALTER TABLE delivery RENAME COLUMN subject TO before")
    op.add_column("delivery", sa.Column("subject", sa.Text()))
    table = sa.table("delivery", *map(sa.column, ("workspace_id", "key", "kind", "before", "words", "subject")))
    c = table.c
    for said, kinds in OBJECTS.items():
        of_kinds = sa.update(table).where(c.kind.in_(kinds), c.before.is_not(None))
        op.execute(of_kinds.values(subject=sa.literal_column(said)))
    tx = op.get_bind()
    for row in tx.execute(sa.select(c.workspace_id, c.key, c.kind, c.words).where(c.words.is_not(None))).all():
        if row.kind == "task":
            task, *others = row.words.split() or [""]
            says: dict[str, Any] = {"task": task, "words": others}
        else:
            says = dict(zip(("text", "blocks"), json.loads(row.words), strict=True))
        this = sa.update(table).where(c.workspace_id == row.workspace_id, c.key == row.key)
        tx.execute(this.values(subject=json.dumps(says, ensure_ascii=False)))


def _challenges() -> None:
    """A challenge counts on whom it forgets, and reminds nobody. It may be a team's project, shown by its members."""
    for name in ("joined_before", "done_before", "revision"):
        op.add_column("challenge", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.add_column("challenge", sa.Column("team_id", sa.String(16)))
    op.add_column("challenge", sa.Column("recap_ts", ID))
    op.add_column("entry", sa.Column("goes_on", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("lead", sa.Column("dm_channel", ID))
    op.add_column("suggestion", sa.Column("started", sa.Boolean))
    op.execute("DELETE FROM delivery WHERE kind IN ('line', 'another', 'last-call')")
