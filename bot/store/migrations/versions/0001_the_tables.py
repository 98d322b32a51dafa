"""Create the tables.

Until 1.0.0 this file is edited in place. Its revision ends with a hash of the tables, which a test
compares: a database of an older day has another revision, and is refused.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_4c688e01"
down_revision = None
branch_labels = None
depends_on = None

SLACK_ID, SLUG = sa.String(32), sa.String(80)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create all tables. `member` comes first: others refer to it."""
    _members()
    _workspaces()
    _installations()
    _privacy()
    _skills()
    _tips()
    _plans_and_checks()
    _challenges()
    _deliveries()
    _teams()


def _teams() -> None:
    op.create_table(
        "team",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("team_id", sa.String(16), primary_key=True),
        sa.Column("source", SLACK_ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("channel", SLACK_ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("trouble", sa.String(80)),
    )
    op.create_index("ix_team_workspace_id_source", "team", ["workspace_id", "source"], unique=True)
    op.create_table(
        "lead",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("team_id", sa.String(16), nullable=False),
        sa.Column("yes", sa.Boolean()),
        sa.Column("answered_at", MOMENT),
        sa.Column("next_at", MOMENT),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        _about_a_member(),
    )
    op.create_index("ix_lead_workspace_id_team_id", "lead", ["workspace_id", "team_id"], unique=True)
    op.create_index("ix_lead_next_at", "lead", ["next_at"])
    op.create_table(
        "team_member",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("team_id", sa.String(16), nullable=False),
        _about_a_member(),
    )


def _members() -> None:
    op.create_table(
        "member",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("role", SLUG),
        sa.Column("level", sa.String(8)),
        sa.Column("zone", sa.String(64)),
        sa.Column("met_at", MOMENT, nullable=False),
        sa.Column("profile_at", MOMENT),
        sa.Column("left_at", MOMENT),
    )
    op.create_index("ix_member_left_at", "member", ["left_at"])
    op.create_table(
        "schedule",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("consent", sa.String(8), nullable=False),
        sa.Column("consented_at", MOMENT),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("minute", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.String(64)),
        sa.Column("zone_is_own", sa.Boolean(), nullable=False),
        sa.Column("paused_until", MOMENT),
        sa.Column("next_due_at", MOMENT),
        sa.Column("every", sa.SmallInteger(), nullable=False, server_default="1"),
        sa.Column("short", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("unanswered", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("nudged_at", MOMENT),
        sa.Column("is_back", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("dm_channel", SLACK_ID),
        _about_a_member(),
    )
    op.create_index(
        "ix_schedule_next_due_at_workspace_id_member_id", "schedule", ["next_due_at", "workspace_id", "member_id"]
    )


def _workspaces() -> None:
    op.create_table(
        "workspace",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("met_at", MOMENT, nullable=False),
        sa.Column("disconnected_at", MOMENT),
        sa.Column("disconnected_why", sa.String(80)),
        sa.Column("organisation", sa.String(32)),
        sa.Column("ask_at", MOMENT),
        sa.Column("refusals", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("refused_at", MOMENT),
        sa.Column("heard_at", MOMENT),
        sa.Column("weekday", sa.SmallInteger()),
        sa.Column("minute", sa.SmallInteger()),
        sa.Column("zone", sa.String(64)),
        sa.Column("weekend", sa.String(7)),
        sa.Column("quiet_from", sa.SmallInteger()),
        sa.Column("quiet_to", sa.SmallInteger()),
        sa.Column("dm_budget", sa.SmallInteger()),
        sa.Column("challenge_channel", SLACK_ID),
        sa.Column("challenges_by", sa.String(8)),
        sa.Column("no_figures", sa.Boolean()),
        sa.Column("teams_read_at", MOMENT),
        sa.Column("next_send_at", sa.Double()),
        sa.Column("paused_until", sa.Double()),
        sa.Column("next_ask_at", sa.Double()),
    )
    op.create_index("ix_workspace_disconnected_at", "workspace", ["disconnected_at"])
    op.create_index("ix_workspace_organisation", "workspace", ["organisation"])
    op.create_index("ix_workspace_ask_at", "workspace", ["ask_at"])
    op.create_index("ix_workspace_teams_read_at", "workspace", ["teams_read_at"])
    op.create_table(
        "event_seen",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_index("ix_event_seen_seen_at", "event_seen", ["seen_at"])
    op.create_table(
        "snapshot",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("team", sa.String(16), primary_key=True),
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("figure", sa.String(80), primary_key=True),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def _installations() -> None:
    op.create_table(
        "installation",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("enterprise_id", sa.String(32)),
        sa.Column("app_id", sa.String(32)),
        sa.Column("bot_user", sa.String(32)),
        sa.Column("scopes", sa.String(500)),
        sa.Column("token", sa.String(1000)),
        sa.Column("refresh_token", sa.String(1000)),
        sa.Column("key_id", sa.String(16)),
        sa.Column("expires_at", MOMENT),
        sa.Column("installed_by", SLACK_ID),
        sa.Column("installed_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("refresh_claim", sa.String(32)),
        sa.Column("refresh_until", sa.Double()),
    )
    op.create_index("ix_installation_expires_at", "installation", ["expires_at"])
    op.create_table(
        "used_state",
        sa.Column("state", sa.String(64), primary_key=True),
        sa.Column("until", MOMENT, nullable=False),
    )
    op.create_index("ix_used_state_until", "used_state", ["until"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("written_at", MOMENT, nullable=False),
    )


def _privacy() -> None:
    op.create_table(
        "coach_admin",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("added_by", SLACK_ID),
        sa.Column("added_at", MOMENT, nullable=False),
        _about_a_member(),
    )
    op.create_table(
        "audit",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("admin_id", SLACK_ID),
        sa.Column("on_member", SLACK_ID),
        sa.Column("subject", SLUG),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_workspace_id_at", "audit", ["workspace_id", "at"])
    op.create_table(
        "tombstone",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
    )
    op.create_table(
        "unanswered",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_unanswered_at", "unanswered", ["at"])


def _skills() -> None:
    op.create_table(
        "skill_mark",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("skill", SLUG, primary_key=True),
        sa.Column("learned_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        _about_a_member(),
    )
    op.create_table(
        "skill_history",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("skill", SLUG, primary_key=True),
        sa.Column("at", MOMENT, primary_key=True),
        sa.Column("step", sa.String(8), nullable=False),
        _about_a_member(),
    )
    op.create_table(
        "showing",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("showing_id", sa.String(16), primary_key=True),
        sa.Column("member_id", SLACK_ID, nullable=False),
        sa.Column("skill", SLUG, nullable=False),
        sa.Column("channel", SLACK_ID, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT),
        sa.Column("evidence", sa.String(200), nullable=False),
        _about_a_member(),
    )
    op.create_index(
        "ix_showing_workspace_id_member_id_skill_channel_day",
        "showing",
        ["workspace_id", "member_id", "skill", "channel", "day"],
        unique=True,
    )
    op.create_table(
        "suggestion",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("suggestion_id", sa.String(16), nullable=False),
        sa.Column("template", SLUG),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _about_a_member(),
    )
    op.create_table(
        "path_shared",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("role", SLUG, primary_key=True),
        sa.Column("shared_at", MOMENT, nullable=False),
        _about_a_member(),
    )


def _tips() -> None:
    op.create_table(
        "tip_given",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("tip", SLUG, primary_key=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("verdict", sa.String(10)),
        _about_a_member(),
    )
    op.create_table(
        "tip_set_aside",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("tip", SLUG, primary_key=True),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "practice",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("tip", SLUG, primary_key=True),
        sa.Column("at", MOMENT, primary_key=True),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("blocker", sa.String(10)),
        sa.Column("line", sa.String(300)),
        sa.Column("readers", sa.String(8)),
        sa.Column("line_id", sa.String(16)),
        sa.Column("judged", sa.String(8)),
        _about_a_member(),
    )
    is_shared = sa.text("readers IS NOT NULL")
    shared = ["workspace_id", "tip", "at"]
    op.create_index("ix_practice_shared", "practice", shared, sqlite_where=is_shared, postgresql_where=is_shared)
    op.create_table(
        "situation",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("need", SLUG, primary_key=True),
        sa.Column("has", sa.Boolean()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("tip", SLUG),
        sa.Column("had", sa.Boolean()),
        _about_a_member(),
    )


def _plans_and_checks() -> None:
    op.create_table(
        "still",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("tip", SLUG, primary_key=True),
        sa.Column("at", MOMENT, primary_key=True),
        sa.Column("answer", sa.String(8), nullable=False),
        sa.Column("asking", sa.String(120), nullable=False),
        sa.Column("why", sa.String(8)),
        _about_a_member(),
    )
    op.create_table(
        "pulse",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("quarter", sa.String(7), primary_key=True),
        sa.Column("question", sa.String(8), primary_key=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("opinion", sa.String(8)),
        sa.Column("answered_at", MOMENT),
        _about_a_member(),
    )
    op.create_table(
        "plan",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("tip", SLUG, primary_key=True),
        sa.Column("plan_id", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("cue", sa.String(80)),
        sa.Column("shown_in", sa.String(200)),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        _about_a_member(),
    )
    op.create_table(
        "quiz",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("asking", sa.String(120), primary_key=True),
        sa.Column("check_id", SLUG, nullable=False),
        sa.Column("skill", SLUG, nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("chosen", sa.SmallInteger()),
        sa.Column("right", sa.Boolean()),
        _about_a_member(),
    )


def _challenges() -> None:
    op.create_table(
        "challenge",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("challenge_id", sa.String(16), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("started_by", SLACK_ID),
        sa.Column("template", SLUG),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("task", sa.String(2000), nullable=False),
        sa.Column("done_when", sa.String(200), nullable=False),
        sa.Column("minutes", sa.SmallInteger()),
        sa.Column("skill", SLUG),
        sa.Column("question", sa.String(200)),
        sa.Column("channel", SLACK_ID, nullable=False),
        sa.Column("starts_at", MOMENT),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("goal", sa.Integer()),
        sa.Column("shows_entries", sa.Boolean(), nullable=False),
        sa.Column("calls_last", sa.Boolean(), nullable=False),
        sa.Column("called_at", MOMENT),
        sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("postings", sa.SmallInteger(), nullable=False),
        sa.Column("ts", sa.String(32)),
        sa.Column("shown", sa.String(64)),
        sa.Column("changes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("update_after", MOMENT),
    )
    op.create_index("ix_challenge_state_ends_at", "challenge", ["state", "ends_at"])
    op.create_index("ix_challenge_update_after", "challenge", ["update_after"])
    op.create_table(
        "entry",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("challenge_id", sa.String(16), primary_key=True),
        sa.Column("member_id", SLACK_ID, primary_key=True),
        sa.Column("entry_id", sa.String(16), nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("line", sa.String(300)),
        sa.Column("sharing", sa.String(8)),
        sa.Column("picked", sa.Boolean(), nullable=False),
        _about_a_member(),
    )
    op.create_index("ix_entry_workspace_id_member_id", "entry", ["workspace_id", "member_id"])


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("workspace_id", SLACK_ID, primary_key=True),
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("member_id", SLACK_ID),
        sa.Column("channel", SLACK_ID),
        sa.Column("week", sa.String(8)),
        sa.Column("subject", SLUG),
        sa.Column("check_name", sa.String(130)),
        sa.Column("words", sa.Text()),
        sa.Column("thread", sa.String(32)),
        sa.Column("reason", sa.String(80)),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("try_at", MOMENT, nullable=False),
        sa.Column("window_ends_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("claim_token", sa.String(32)),
        sa.Column("lease_until", sa.Double()),
        sa.Column("started_at", MOMENT),
        sa.Column("ts", sa.String(32)),
        sa.Column("ended_at", MOMENT),
        _about_a_member(),
    )
    op.create_index("ix_delivery_ended_at", "delivery", ["ended_at"])
    op.create_index("ix_delivery_state_workspace_id_try_at", "delivery", ["state", "workspace_id", "try_at"])
    op.create_index("ix_delivery_workspace_id_member_id_week", "delivery", ["workspace_id", "member_id", "week"])


def _about_a_member() -> sa.ForeignKeyConstraint:
    columns = ("workspace_id", "member_id")
    return sa.ForeignKeyConstraint(columns, [f"member.{name}" for name in columns], ondelete="CASCADE")
