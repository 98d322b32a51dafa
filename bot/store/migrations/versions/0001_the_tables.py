"""The tables of 1.0.0."""

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


def _goes_with_member(table: str) -> sa.ForeignKeyConstraint:
    """Return the key by which a row of the table goes when its member goes."""
    columns = ["workspace_id", "member_id"]
    name, there = f"fk_{table}_workspace_id_member_id", [f"member.{column}" for column in columns]
    return sa.ForeignKeyConstraint(columns, there, name=name, ondelete="CASCADE")


def _workspaces() -> None:
    op.create_table(
        "workspace",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
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
        sa.PrimaryKeyConstraint("workspace_id", name="pk_workspace"),
    )
    op.create_index("ix_workspace_ask_at", "workspace", ["ask_at"])
    op.create_index("ix_workspace_disconnected_at", "workspace", ["disconnected_at"])
    op.create_index("ix_workspace_organisation", "workspace", ["organisation"])
    op.create_index("ix_workspace_teams_read_at", "workspace", ["teams_read_at"])
    op.create_table(
        "event_seen",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "event_id", name="pk_event_seen"),
    )
    op.create_index("ix_event_seen_seen_at", "event_seen", ["seen_at"])
    op.create_table(
        "tip_set_aside",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "tip", name="pk_tip_set_aside"),
    )


def _installations() -> None:
    op.create_table(
        "installation",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
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
        sa.PrimaryKeyConstraint("workspace_id", name="pk_installation"),
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
    op.create_table(
        "member",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=80)),
        sa.Column("level", sa.String(length=8)),
        sa.Column("zone", sa.String(length=64)),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("profile_at", sa.DateTime(timezone=True)),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", name="pk_member"),
    )
    op.create_index("ix_member_left_at", "member", ["left_at"])
    op.create_table(
        "coach_admin",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("added_by", sa.String(length=32)),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        _goes_with_member("coach_admin"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", name="pk_coach_admin"),
    )
    op.create_table(
        "schedule",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
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
        _goes_with_member("schedule"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", name="pk_schedule"),
    )
    op.create_index(
        "ix_schedule_next_due_at_workspace_id_member_id", "schedule", ["next_due_at", "workspace_id", "member_id"]
    )


def _skills() -> None:
    op.create_table(
        "skill_mark",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        _goes_with_member("skill_mark"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "skill", name="pk_skill_mark"),
    )
    op.create_table(
        "skill_history",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        _goes_with_member("skill_history"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "skill", "at", name="pk_skill_history"),
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
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        _goes_with_member("showing"),
        sa.PrimaryKeyConstraint("workspace_id", "showing_id", name="pk_showing"),
    )
    op.create_index(
        "ix_showing_workspace_id_member_id_skill_channel_day",
        "showing",
        ["workspace_id", "member_id", "skill", "channel", "day"],
        unique=True,
    )
    op.create_table(
        "path_shared",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        _goes_with_member("path_shared"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "role", name="pk_path_shared"),
    )


def _tips() -> None:
    op.create_table(
        "tip_given",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=10)),
        _goes_with_member("tip_given"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "tip", name="pk_tip_given"),
    )
    op.create_table(
        "practice",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("blocker", sa.String(length=10)),
        sa.Column("line", sa.String(length=300)),
        sa.Column("readers", sa.String(length=8)),
        sa.Column("line_id", sa.String(length=16)),
        sa.Column("judged", sa.String(length=8)),
        _goes_with_member("practice"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "tip", "at", name="pk_practice"),
    )
    op.create_index(
        "ix_practice_shared",
        "practice",
        ["workspace_id", "tip", "at"],
        sqlite_where=sa.text("readers IS NOT NULL"),
        postgresql_where=sa.text("readers IS NOT NULL"),
    )
    op.create_table(
        "plan",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("plan_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cue", sa.String(length=80)),
        sa.Column("shown_in", sa.String(length=200)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        _goes_with_member("plan"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "tip", name="pk_plan"),
    )


def _questions() -> None:
    op.create_table(
        "quiz",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("asking", sa.String(length=120), nullable=False),
        sa.Column("check_id", sa.String(length=80), nullable=False),
        sa.Column("skill", sa.String(length=80), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("chosen", sa.SmallInteger()),
        sa.Column("right", sa.Boolean()),
        _goes_with_member("quiz"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "asking", name="pk_quiz"),
    )
    op.create_table(
        "pulse",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("question", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion", sa.String(length=8)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        _goes_with_member("pulse"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "quarter", "question", name="pk_pulse"),
    )
    op.create_table(
        "still",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("asking", sa.String(length=120), nullable=False),
        sa.Column("why", sa.String(length=8)),
        _goes_with_member("still"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "tip", "at", name="pk_still"),
    )


def _situations() -> None:
    op.create_table(
        "situation",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("need", sa.String(length=80), nullable=False),
        sa.Column("has", sa.Boolean()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tip", sa.String(length=80)),
        sa.Column("had", sa.Boolean()),
        _goes_with_member("situation"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "need", name="pk_situation"),
    )


def _challenges() -> None:
    op.create_table(
        "challenge",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
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
        sa.PrimaryKeyConstraint("workspace_id", "challenge_id", name="pk_challenge"),
    )
    op.create_index("ix_challenge_state_ends_at", "challenge", ["state", "ends_at"])
    op.create_index("ix_challenge_update_after", "challenge", ["update_after"])
    op.create_table(
        "suggestion",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("suggestion_id", sa.String(length=16), nullable=False),
        sa.Column("template", sa.String(length=80)),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _goes_with_member("suggestion"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", name="pk_suggestion"),
    )


def _entries() -> None:
    op.create_table(
        "entry",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("challenge_id", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=16), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("line", sa.String(length=300)),
        sa.Column("sharing", sa.String(length=8)),
        sa.Column("picked", sa.Boolean(), nullable=False),
        _goes_with_member("entry"),
        sa.PrimaryKeyConstraint("workspace_id", "challenge_id", "member_id", name="pk_entry"),
    )
    op.create_index("ix_entry_workspace_id_member_id", "entry", ["workspace_id", "member_id"])


def _teams() -> None:
    op.create_table(
        "team",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.String(length=80)),
        sa.PrimaryKeyConstraint("workspace_id", "team_id", name="pk_team"),
    )
    op.create_index("ix_team_workspace_id_source", "team", ["workspace_id", "source"], unique=True)
    op.create_table(
        "team_member",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=16), nullable=False),
        _goes_with_member("team_member"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", name="pk_team_member"),
    )
    op.create_table(
        "lead",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=16), nullable=False),
        sa.Column("yes", sa.Boolean()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        _goes_with_member("lead"),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", name="pk_lead"),
    )
    op.create_index("ix_lead_next_at", "lead", ["next_at"])
    op.create_index("ix_lead_workspace_id_team_id", "lead", ["workspace_id", "team_id"], unique=True)
    op.create_table(
        "snapshot",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("team", sa.String(length=16), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("figure", sa.String(length=80), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "team", "week", "figure", name="pk_snapshot"),
    )


def _outbox() -> None:
    op.create_table(
        "delivery",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
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
        sa.PrimaryKeyConstraint("workspace_id", "key", name="pk_delivery"),
    )
    op.create_index("ix_delivery_ended_at", "delivery", ["ended_at"])
    op.create_index("ix_delivery_state_workspace_id_try_at", "delivery", ["state", "workspace_id", "try_at"])
    op.create_index("ix_delivery_workspace_id_member_id_week", "delivery", ["workspace_id", "member_id", "week"])


def _upkeep() -> None:
    op.create_table(
        "audit",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("admin_id", sa.String(length=32)),
        sa.Column("on_member", sa.String(length=32)),
        sa.Column("subject", sa.String(length=80)),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_workspace_id_at", "audit", ["workspace_id", "at"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
    )
    op.create_table(
        "tombstone",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "digest", name="pk_tombstone"),
    )
    op.create_table(
        "unanswered",
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_unanswered"),
    )
    op.create_index("ix_unanswered_at", "unanswered", ["at"])
