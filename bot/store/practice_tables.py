"""The tables of what members learn and practise: skills, tips, checks, and plans for tips."""

from sqlalchemy import Boolean, Column, Index, Integer, SmallInteger, String, Table

from bot.store.metadata import SLACK_ID, SLUG, about_a_member, metadata
from bot.store.types import UtcDateTime

skill_mark = Table(
    "skill_mark",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("skill", SLUG, primary_key=True),
    Column("learned_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
    about_a_member(),
)

skill_history = Table(
    "skill_history",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("skill", SLUG, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("step", String(8), nullable=False),  # learned, undone
    about_a_member(),
)

tip_given = Table(
    "tip_given",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("tip", SLUG, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),  # the last time
    Column("verdict", String(10)),  # not useful; "useful" in rows of older versions
    about_a_member(),
)

practice = Table(  # a log: the last step of a member with a tip is the one that counts
    "practice",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("tip", SLUG, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("step", String(12), nullable=False),  # done, undone, blocked, not-my-work
    Column("blocker", String(10)),  # why it was blocked
    Column("line", String(300)),  # what came of it, for the member alone
    about_a_member(),
)

situation = Table(
    "situation",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("need", SLUG, primary_key=True),
    Column("has", Boolean),  # null: unknown, as is a need without a row
    Column("at", UtcDateTime, nullable=False),
    # Set by *Blocked* on a tip, so that *Undo* can take it back: the tip, and what `has` was before.
    Column("tip", SLUG),
    Column("had", Boolean),
    about_a_member(),
)

quiz = Table(
    "quiz",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("asking", String(120), primary_key=True),  # the idempotency key of the message, or a random name
    Column("check_id", SLUG, nullable=False),
    Column("skill", SLUG, nullable=False),
    Column("due", Boolean, nullable=False),  # false: the member wanted it before its time
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("chosen", SmallInteger),  # the number of the option, from 0
    Column("right", Boolean),
    about_a_member(),
)

plan = Table(
    "plan",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("tip", SLUG, primary_key=True),
    Column("plan_id", String(16), nullable=False),  # random: part of the reminder's idempotency key
    Column("at", UtcDateTime, nullable=False),  # when the reminder comes
    Column("cue", String(80)),  # "right after …", in the member's words
    Column("shown_in", String(200)),  # the message that says it: the value of a button there, to draw it anew
    Column("made_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),  # the member did it, or took the plan back
    about_a_member(),
)

showing = Table(  # a member shows a skill in a channel, and a colleague may confirm it; nobody keeps who did
    "showing",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("showing_id", String(16), primary_key=True),  # random: it stands where no member's id may
    Column("member_id", SLACK_ID, nullable=False),
    Column("skill", SLUG, nullable=False),
    Column("channel", SLACK_ID, nullable=False),
    Column("day", String(10), nullable=False),  # local to the member: once a day in a channel
    Column("asked_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Index(None, "workspace_id", "member_id", "skill", "channel", "day", unique=True),
    about_a_member(),
)

path_shared = Table(  # a member told a channel that they finished a role's path; once for each role
    "path_shared",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("role", SLUG, primary_key=True),
    Column("shared_at", UtcDateTime, nullable=False),
    about_a_member(),
)
