"""The tables of 1.0.0."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT, ID, SLUG, SMALL = sa.DateTime(timezone=True), sa.String(32), sa.String(80), sa.SmallInteger


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


def _required(**types: Any) -> list[sa.Column[Any]]:  # noqa: ANN401 - SQLAlchemy's types and their classes
    return [sa.Column(name, type_, nullable=False) for name, type_ in types.items()]


def _optional(**types: Any) -> list[sa.Column[Any]]:  # noqa: ANN401 - as above
    return [sa.Column(name, type_) for name, type_ in types.items()]


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
        "workspace", [], *_required(met_at=MOMENT),
        *_optional(disconnected_at=MOMENT, disconnected_why=SLUG, organisation=ID, ask_at=MOMENT),
        sa.Column("refusals", sa.Integer, server_default=sa.text("0"), nullable=False),
        *_optional(refused_at=MOMENT, heard_at=MOMENT, weekday=SMALL, minute=SMALL, zone=sa.String(64)),
        *_optional(weekend=sa.String(7), quiet_from=SMALL, quiet_to=SMALL, dm_budget=SMALL),
        *_optional(challenge_channel=ID, challenges_by=sa.String(8), no_figures=sa.Boolean),
        *_optional(teams_read_at=MOMENT, next_send_at=sa.Double, paused_until=sa.Double),
        *_optional(next_ask_at=sa.Double),
    )  # fmt: skip
    op.create_index("ix_workspace_ask_at", "workspace", ["ask_at"])
    op.create_index("ix_workspace_disconnected_at", "workspace", ["disconnected_at"])
    op.create_index("ix_workspace_organisation", "workspace", ["organisation"])
    op.create_index("ix_workspace_teams_read_at", "workspace", ["teams_read_at"])
    _of_workspaces("event_seen", ["event_id"], *_required(event_id=sa.String(64), seen_at=MOMENT))
    op.create_index("ix_event_seen_seen_at", "event_seen", ["seen_at"])
    _of_workspaces("tip_set_aside", ["tip"], *_required(tip=SLUG, reason=SLUG, at=MOMENT))


def _installations() -> None:
    _of_workspaces(
        "installation", [], *_optional(enterprise_id=ID, app_id=ID, bot_user=ID, scopes=sa.String(500)),
        *_optional(token=sa.String(1000), refresh_token=sa.String(1000), key_id=sa.String(16)),
        *_optional(expires_at=MOMENT, installed_by=ID, installed_at=MOMENT, revoked_at=MOMENT),
        *_optional(refresh_claim=ID, refresh_until=sa.Double),
    )  # fmt: skip
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
        "member", ["member_id"], *_required(member_id=ID),
        *_optional(role=SLUG, level=sa.String(8), zone=sa.String(64)), *_required(met_at=MOMENT),
        *_optional(profile_at=MOMENT, left_at=MOMENT),
    )  # fmt: skip
    op.create_index("ix_member_left_at", "member", ["left_at"])
    _of_members("coach_admin", [], *_optional(added_by=ID), *_required(added_at=MOMENT))
    _of_members(
        "schedule", [], *_required(consent=sa.String(8)), *_optional(consented_at=MOMENT),
        *_required(weekday=SMALL, minute=SMALL), *_optional(zone=sa.String(64)), *_required(zone_is_own=sa.Boolean),
        *_optional(paused_until=MOMENT, next_due_at=MOMENT),
        sa.Column("every", SMALL, server_default="1", nullable=False),
        sa.Column("short", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("unanswered", SMALL, server_default="0", nullable=False), *_optional(nudged_at=MOMENT),
        sa.Column("is_back", sa.Boolean, server_default=sa.false(), nullable=False), *_optional(dm_channel=ID),
    )  # fmt: skip
    op.create_index(
        "ix_schedule_next_due_at_workspace_id_member_id", "schedule", ["next_due_at", "workspace_id", "member_id"]
    )


def _skills() -> None:
    _of_members("skill_mark", ["skill"], *_required(skill=SLUG, learned_at=MOMENT), *_optional(undone_at=MOMENT))
    _of_members("skill_history", ["skill", "at"], *_required(skill=SLUG, at=MOMENT, step=sa.String(8)))
    _of_workspaces(
        "showing", ["showing_id"],
        *_required(showing_id=sa.String(16), member_id=ID, skill=SLUG, channel=ID, day=sa.String(10)),
        *_required(asked_at=MOMENT), *_optional(seen_at=MOMENT), *_required(evidence=sa.String(200)),
        _goes_with_member("showing"),
    )  # fmt: skip
    op.create_index(
        "ix_showing_workspace_id_member_id_skill_channel_day",
        "showing",
        ["workspace_id", "member_id", "skill", "channel", "day"],
        unique=True,
    )
    _of_members("path_shared", ["role"], *_required(role=SLUG, shared_at=MOMENT))


def _tips() -> None:
    _of_members(
        "tip_given", ["tip"], *_required(tip=SLUG, times=sa.Integer, given_at=MOMENT),
        *_optional(verdict=sa.String(10)),
    )  # fmt: skip
    _of_members(
        "practice", ["tip", "at"], *_required(tip=SLUG, at=MOMENT, step=sa.String(12)),
        *_optional(blocker=sa.String(10), line=sa.String(300), readers=sa.String(8)),
        *_optional(line_id=sa.String(16), judged=sa.String(8)),
    )  # fmt: skip
    op.create_index(
        "ix_practice_shared",
        "practice",
        ["workspace_id", "tip", "at"],
        sqlite_where=sa.text("readers IS NOT NULL"),
        postgresql_where=sa.text("readers IS NOT NULL"),
    )
    _of_members(
        "plan", ["tip"], *_required(tip=SLUG, plan_id=sa.String(16), at=MOMENT),
        *_optional(cue=SLUG, shown_in=sa.String(200)), *_required(made_at=MOMENT), *_optional(ended_at=MOMENT),
    )  # fmt: skip


def _questions() -> None:
    _of_members(
        "quiz", ["asking"],
        *_required(asking=sa.String(120), check_id=SLUG, skill=SLUG, due=sa.Boolean, asked_at=MOMENT),
        *_optional(answered_at=MOMENT, chosen=SMALL, right=sa.Boolean),
    )  # fmt: skip
    _of_members(
        "pulse", ["quarter", "question"], *_required(quarter=sa.String(7), question=sa.String(8), asked_at=MOMENT),
        *_optional(opinion=sa.String(8), answered_at=MOMENT),
    )  # fmt: skip
    _of_members(
        "still", ["tip", "at"], *_required(tip=SLUG, at=MOMENT, answer=sa.String(8), asking=sa.String(120)),
        *_optional(why=sa.String(8)),
    )  # fmt: skip


def _situations() -> None:
    _of_members(
        "situation", ["need"], *_required(need=SLUG), *_optional(has=sa.Boolean), *_required(at=MOMENT),
        *_optional(tip=SLUG, had=sa.Boolean),
    )  # fmt: skip


def _challenges() -> None:
    _of_workspaces(
        "challenge", ["challenge_id"], *_required(challenge_id=sa.String(16), state=sa.String(10)),
        *_optional(started_by=ID, template=SLUG),
        *_required(title=SLUG, task=sa.String(2000), done_when=sa.String(200)),
        *_optional(minutes=SMALL, skill=SLUG, question=sa.String(200)), *_required(channel=ID),
        *_optional(starts_at=MOMENT), *_required(ends_at=MOMENT), *_optional(goal=sa.Integer),
        *_required(shows_entries=sa.Boolean, calls_last=sa.Boolean), *_optional(called_at=MOMENT),
        sa.Column("private", sa.Boolean, server_default=sa.true(), nullable=False), *_required(postings=SMALL),
        *_optional(ts=ID, shown=sa.String(64)), sa.Column("changes", sa.Integer, server_default="0", nullable=False),
        *_optional(update_after=MOMENT),
    )  # fmt: skip
    op.create_index("ix_challenge_state_ends_at", "challenge", ["state", "ends_at"])
    op.create_index("ix_challenge_update_after", "challenge", ["update_after"])
    _of_members(
        "suggestion", [], *_required(suggestion_id=sa.String(16)), *_optional(template=SLUG),
        *_required(words=sa.String(200), made_at=MOMENT),
    )  # fmt: skip


def _entries() -> None:
    _of_workspaces(
        "entry", ["challenge_id", "member_id"],
        *_required(challenge_id=sa.String(16), member_id=ID, entry_id=sa.String(16), joined_at=MOMENT),
        *_optional(done_at=MOMENT, line=sa.String(300), sharing=sa.String(8)), *_required(picked=sa.Boolean),
        _goes_with_member("entry"),
    )  # fmt: skip
    op.create_index("ix_entry_workspace_id_member_id", "entry", ["workspace_id", "member_id"])


def _teams() -> None:
    _of_workspaces(
        "team", ["team_id"], *_required(team_id=sa.String(16), source=ID, name=SLUG, channel=ID, added_at=MOMENT),
        *_optional(trouble=SLUG),
    )  # fmt: skip
    op.create_index("ix_team_workspace_id_source", "team", ["workspace_id", "source"], unique=True)
    _of_members("team_member", [], *_required(team_id=sa.String(16)))
    _of_members(
        "lead", [], *_required(team_id=sa.String(16)), *_optional(yes=sa.Boolean, answered_at=MOMENT, next_at=MOMENT),
        *_required(turn=SMALL),
    )  # fmt: skip
    op.create_index("ix_lead_next_at", "lead", ["next_at"])
    op.create_index("ix_lead_workspace_id_team_id", "lead", ["workspace_id", "team_id"], unique=True)
    _of_workspaces(
        "snapshot", ["team", "week", "figure"],
        *_required(team=sa.String(16), week=sa.String(8), figure=SLUG, taken_at=MOMENT), *_required(count=sa.Integer),
    )  # fmt: skip


def _outbox() -> None:
    _of_workspaces(
        "delivery", ["key"], *_required(key=sa.String(120), id=ID, kind=sa.String(16)),
        *_optional(member_id=ID, channel=ID, week=sa.String(8), subject=SLUG),
        *_optional(check_name=sa.String(130), words=sa.Text, thread=ID, reason=SLUG),
        *_required(state=sa.String(12), due_at=MOMENT, try_at=MOMENT, window_ends_at=MOMENT),
        *_required(attempts=SMALL),
        *_optional(claim_token=ID, lease_until=sa.Double, started_at=MOMENT, ts=ID, ended_at=MOMENT),
        _goes_with_member("delivery"),
    )  # fmt: skip
    op.create_index("ix_delivery_ended_at", "delivery", ["ended_at"])
    op.create_index("ix_delivery_state_workspace_id_try_at", "delivery", ["state", "workspace_id", "try_at"])
    op.create_index("ix_delivery_workspace_id_member_id_week", "delivery", ["workspace_id", "member_id", "week"])


def _upkeep() -> None:
    _of_workspaces(
        "audit", ["id"], *_required(id=ID, at=MOMENT, act=sa.String(24)),
        *_optional(admin_id=ID, on_member=ID, subject=SLUG),
    )  # fmt: skip
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_workspace_id_at", "audit", ["workspace_id", "at"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
    )
    _of_workspaces("tombstone", ["digest"], *_required(digest=sa.String(64), key=ID, asked_at=MOMENT, until=MOMENT))
    _of_workspaces("unanswered", ["id"], *_required(id=ID, question=sa.String(200), at=MOMENT))
    op.create_index("ix_unanswered_at", "unanswered", ["at"])
