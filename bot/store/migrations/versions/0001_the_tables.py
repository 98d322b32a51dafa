"""The tables of 1.0.0."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _workspaces()
    _installations()
    _members()
    _skills()
    _tips()
    _questions()
    _situations()
    _challenges()
    _entries()
    _teams()
    _outbox()
    _upkeep()


def _of_workspaces(name: str, key: list[str], *more: sa.Column[Any] | sa.ForeignKeyConstraint) -> None:
    """Make a table. `key`: its primary key, after the workspace."""
    workspace = sa.Column("workspace_id", sa.String(length=32), nullable=False)
    op.create_table(name, workspace, *more, sa.PrimaryKeyConstraint("workspace_id", *key, name=f"pk_{name}"))


def _of_members(name: str, key: list[str], *more: sa.Column[Any]) -> None:
    """Make a table whose rows go when their member goes. `key`: its primary key, after the member."""
    member = sa.Column("member_id", sa.String(length=32), nullable=False)
    _of_workspaces(name, ["member_id", *key], member, *more, _goes_with_member(name))


def _goes_with_member(table: str) -> sa.ForeignKeyConstraint:
    """Return the key by which a row of the table goes when its member goes."""
    columns = ["workspace_id", "member_id"]
    name, there = f"fk_{table}_workspace_id_member_id", [f"member.{column}" for column in columns]
    return sa.ForeignKeyConstraint(columns, there, name=name, ondelete="CASCADE")


def _workspaces() -> None:
    _of_workspaces(
        "workspace",
        [],
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disconnected_at", sa.DateTime(timezone=True)),
        sa.Column("disconnected_why", sa.String(length=80)),
        sa.Column("organisation", sa.String(length=32)),
        sa.Column("ask_at", sa.DateTime(timezone=True)),
        sa.Column("refusals", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True)),
        sa.Column("heard_at", sa.DateTime(timezone=True)),
        sa.Column("weekday", sa.SmallInteger()),
        sa.Column("minute", sa.SmallInteger()),
        sa.Column("zone", sa.String(length=64)),
        sa.Column("weekend", sa.String(length=7)),
        sa.Column("quiet_from", sa.SmallInteger()),
        sa.Column("quiet_to", sa.SmallInteger()),
        sa.Column("dm_budget", sa.SmallInteger()),
        sa.Column("challenge_channel", sa.String(length=32)),
        sa.Column("challenges_by", sa.String(length=8)),
        sa.Column("no_figures", sa.Boolean()),
        sa.Column("teams_read_at", sa.DateTime(timezone=True)),
        sa.Column("next_send_at", sa.Double()),
        sa.Column("paused_until", sa.Double()),
        sa.Column("next_ask_at", sa.Double()),
    )
    op.create_index("ix_workspace_ask_at", "workspace", ["ask_at"])
    op.create_index("ix_workspace_disconnected_at", "workspace", ["disconnected_at"])
    op.create_index("ix_workspace_organisation", "workspace", ["organisation"])
    op.create_index("ix_workspace_teams_read_at", "workspace", ["teams_read_at"])
    _of_workspaces(
        "event_seen",
        ["event_id"],
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_event_seen_seen_at", "event_seen", ["seen_at"])
    _of_workspaces(
        "tip_set_aside",
        ["tip"],
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def _installations() -> None:
    _of_workspaces(
        "installation",
        [],
        sa.Column("enterprise_id", sa.String(length=32)),
        sa.Column("app_id", sa.String(length=32)),
        sa.Column("bot_user", sa.String(length=32)),
        sa.Column("scopes", sa.String(length=500)),
        sa.Column("token", sa.String(length=1000)),
        sa.Column("refresh_token", sa.String(length=1000)),
        sa.Column("key_id", sa.String(length=16)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("installed_by", sa.String(length=32)),
        sa.Column("installed_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("refresh_claim", sa.String(length=32)),
        sa.Column("refresh_until", sa.Double()),
    )
    op.create_index("ix_installation_expires_at", "installation", ["expires_at"])
    op.create_table(
        "used_state",
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_used_state"),
    )
    op.create_index("ix_used_state_until", "used_state", ["until"])


def _members() -> None:
    _of_workspaces(
        "member",
        ["member_id"],
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=80)),
        sa.Column("level", sa.String(length=8)),
        sa.Column("zone", sa.String(length=64)),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("profile_at", sa.DateTime(timezone=True)),
        sa.Column("left_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_member_left_at", "member", ["left_at"])
    _of_members(
        "coach_admin",
        [],
        sa.Column("added_by", sa.String(length=32)),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    _of_members(
        "schedule",
        [],
        sa.Column("consent", sa.String(length=8), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True)),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.String(length=64)),
        sa.Column("zone_is_own", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.Column("next_due_at", sa.DateTime(timezone=True)),
        sa.Column("every", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("short", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("unanswered", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("nudged_at", sa.DateTime(timezone=True)),
        sa.Column("is_back", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("dm_channel", sa.String(length=32)),
    )
    op.create_index(
        "ix_schedule_next_due_at_workspace_id_member_id", "schedule", ["next_due_at", "workspace_id", "member_id"]
    )


def _skills() -> None:
    _of_members(
        "skill_mark",
        ["skill"],
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    )
    _of_members(
        "skill_history",
        ["skill", "at"],
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
    )
    _of_workspaces(
        "showing",
        ["showing_id"],
        sa.Column("showing_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        _goes_with_member("showing"),
    )
    op.create_index(
        "ix_showing_workspace_id_member_id_skill_channel_day",
        "showing",
        ["workspace_id", "member_id", "skill", "channel", "day"],
        unique=True,
    )
    _of_members(
        "path_shared",
        ["role"],
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
    )


def _tips() -> None:
    _of_members(
        "tip_given",
        ["tip"],
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=10)),
    )
    _of_members(
        "practice",
        ["tip", "at"],
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("blocker", sa.String(length=10)),
        sa.Column("line", sa.String(length=300)),
        sa.Column("readers", sa.String(length=8)),
        sa.Column("line_id", sa.String(length=16)),
        sa.Column("judged", sa.String(length=8)),
    )
    op.create_index(
        "ix_practice_shared",
        "practice",
        ["workspace_id", "tip", "at"],
        sqlite_where=sa.text("readers IS NOT NULL"),
        postgresql_where=sa.text("readers IS NOT NULL"),
    )
    _of_members(
        "plan",
        ["tip"],
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("plan_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cue", sa.String(length=80)),
        sa.Column("shown_in", sa.String(length=200)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )


def _questions() -> None:
    _of_members(
        "quiz",
        ["asking"],
        sa.Column("asking", sa.String(length=120), nullable=False),
        sa.Column("check_id", sa.String(length=80), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("chosen", sa.SmallInteger()),
        sa.Column("right", sa.Boolean()),
    )
    _of_members(
        "pulse",
        ["quarter", "question"],
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("question", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion", sa.String(length=8)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
    )
    _of_members(
        "still",
        ["tip", "at"],
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("asking", sa.String(length=120), nullable=False),
        sa.Column("why", sa.String(length=8)),
    )


def _situations() -> None:
    _of_members(
        "situation",
        ["need"],
        sa.Column("need", sa.String(length=80), nullable=False),
        sa.Column("has", sa.Boolean()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tip", sa.String(length=80)),
        sa.Column("had", sa.Boolean()),
    )


def _challenges() -> None:
    _of_workspaces(
        "challenge",
        ["challenge_id"],
        sa.Column("challenge_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_by", sa.String(length=32)),
        sa.Column("template", sa.String(length=80)),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("task", sa.String(length=2000), nullable=False),
        sa.Column("done_when", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.SmallInteger()),
        sa.Column("skill", sa.String(length=80)),
        sa.Column("question", sa.String(length=200)),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True)),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("goal", sa.Integer()),
        sa.Column("shows_entries", sa.Boolean(), nullable=False),
        sa.Column("calls_last", sa.Boolean(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True)),
        sa.Column("private", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("postings", sa.SmallInteger(), nullable=False),
        sa.Column("ts", sa.String(length=32)),
        sa.Column("shown", sa.String(length=64)),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("update_after", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_challenge_state_ends_at", "challenge", ["state", "ends_at"])
    op.create_index("ix_challenge_update_after", "challenge", ["update_after"])
    _of_members(
        "suggestion",
        [],
        sa.Column("suggestion_id", sa.String(length=16), nullable=False),
        sa.Column("template", sa.String(length=80)),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )


def _entries() -> None:
    _of_workspaces(
        "entry",
        ["challenge_id", "member_id"],
        sa.Column("challenge_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=16), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("line", sa.String(length=300)),
        sa.Column("sharing", sa.String(length=8)),
        sa.Column("picked", sa.Boolean(), nullable=False),
        _goes_with_member("entry"),
    )
    op.create_index("ix_entry_workspace_id_member_id", "entry", ["workspace_id", "member_id"])


def _teams() -> None:
    _of_workspaces(
        "team",
        ["team_id"],
        sa.Column("team_id", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.String(length=80)),
    )
    op.create_index("ix_team_workspace_id_source", "team", ["workspace_id", "source"], unique=True)
    _of_members(
        "team_member",
        [],
        sa.Column("team_id", sa.String(length=16), nullable=False),
    )
    _of_members(
        "lead",
        [],
        sa.Column("team_id", sa.String(length=16), nullable=False),
        sa.Column("yes", sa.Boolean()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
    )
    op.create_index("ix_lead_next_at", "lead", ["next_at"])
    op.create_index("ix_lead_workspace_id_team_id", "lead", ["workspace_id", "team_id"], unique=True)
    _of_workspaces(
        "snapshot",
        ["team", "week", "figure"],
        sa.Column("team", sa.String(length=16), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("figure", sa.String(length=80), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def _outbox() -> None:
    _of_workspaces(
        "delivery",
        ["key"],
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=32)),
        sa.Column("channel", sa.String(length=32)),
        sa.Column("week", sa.String(length=8)),
        sa.Column("subject", sa.String(length=80)),
        sa.Column("check_name", sa.String(length=130)),
        sa.Column("words", sa.Text()),
        sa.Column("thread", sa.String(length=32)),
        sa.Column("reason", sa.String(length=80)),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("claim_token", sa.String(length=32)),
        sa.Column("lease_until", sa.Double()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ts", sa.String(length=32)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        _goes_with_member("delivery"),
    )
    op.create_index("ix_delivery_ended_at", "delivery", ["ended_at"])
    op.create_index("ix_delivery_state_workspace_id_try_at", "delivery", ["state", "workspace_id", "try_at"])
    op.create_index("ix_delivery_workspace_id_member_id_week", "delivery", ["workspace_id", "member_id", "week"])


def _upkeep() -> None:
    _of_workspaces(
        "audit",
        ["id"],
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("admin_id", sa.String(length=32)),
        sa.Column("on_member", sa.String(length=32)),
        sa.Column("subject", sa.String(length=80)),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_workspace_id_at", "audit", ["workspace_id", "at"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
    )
    _of_workspaces(
        "tombstone",
        ["digest"],
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    _of_workspaces(
        "unanswered",
        ["id"],
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_unanswered_at", "unanswered", ["at"])
