"""Every table, its key starting with the workspace, and the registry of what is kept about a member."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from bot.store.types import UtcDateTime

SLACK_ID = String(32)
SLUG = String(80)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

workspace = Table(
    "workspace",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("met_at", UtcDateTime, nullable=False),
    Column("disconnected_at", UtcDateTime),  # the app was removed, or its token was taken back
)

member = Table(
    "member",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("role", SLUG),
    Column("zone", String(64)),  # an IANA name, never an offset
    Column("met_at", UtcDateTime, nullable=False),
)

skill_mark = Table(
    "skill_mark",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("skill", SLUG, primary_key=True),
    Column("learned_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
)

skill_history = Table(
    "skill_history",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("skill", SLUG, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("step", String(8), nullable=False),  # learned, undone
)

tip_given = Table(
    "tip_given",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("tip", SLUG, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),  # the last time
)

event_seen = Table(
    "event_seen",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("event_id", String(64), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index(None, "seen_at"),
)

# `forget me` empties the first; a test holds that every table stands in one of the two.
ABOUT_A_MEMBER = (member, skill_mark, skill_history, tip_given)
ABOUT_NO_MEMBER = (workspace, event_seen)
