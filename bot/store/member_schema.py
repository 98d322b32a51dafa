"""The tables about members. Their keys start with the workspace; a row goes when its member goes."""

from typing import Any

from sqlalchemy import Boolean, Column, Double, Index, Integer, SmallInteger, String, Table, Text, false, text

from bot.store.types import SLACK_ID, SLUG, UtcDateTime, about_a_member, of_workspaces

member = of_workspaces(
    "member",
    Column("member_id", SLACK_ID, primary_key=True),
    Column("role", SLUG),
    Column("level", String(8)),  # how far with AI: new, small (that is new, too), daily; null: they did not say
    Column("singles_only", Boolean, nullable=False, server_default=false()),  # single tips and no projects
    Column("zone", String(64)),  # an IANA name, never an offset
    Column("met_at", UtcDateTime, nullable=False),
    Column("profile_at", UtcDateTime),  # when Slack was last asked about this person
    Column("left_at", UtcDateTime),  # when Slack first said that they may not be coached any more
    Column("reports", SmallInteger, nullable=False, server_default="0"),  # of colleagues' lines, in a day from then on:
    Column("reports_since", UtcDateTime),
    Index(None, "left_at"),
)


def _of_members(name: str, *more: Column[Any] | Index, met: bool = True) -> Table:
    """Return a table whose key begins with a member; or with somebody whom the bot need not have met (`met`)."""
    member_id = Column("member_id", SLACK_ID, primary_key=True)
    return of_workspaces(name, member_id, *more, *([about_a_member()] if met else ()))


schedule = _of_members(
    "schedule",
    Column("consent", String(8), nullable=False),
    Column("consented_at", UtcDateTime),
    Column("weekday", SmallInteger, nullable=False),
    Column("minute", SmallInteger, nullable=False),
    Column("zone", String(64)),
    Column("zone_is_own", Boolean, nullable=False),
    Column("paused_until", UtcDateTime),
    Column("next_due_at", UtcDateTime),  # null: nothing is planned for this member
    Column("every", SmallInteger, nullable=False, server_default="1"),  # weeks between two tips, as chosen
    Column("short", Boolean, nullable=False, server_default=false()),  # only tips of 10 minutes at most, as chosen
    Column("unanswered", SmallInteger, nullable=False, server_default="0"),  # tips since the member pressed anything
    Column("nudged_at", UtcDateTime),  # when the last tip was due
    Column("is_back", Boolean, nullable=False, server_default=false()),  # they did, after tips had come less often
    Column("dm_channel", SLACK_ID),  # known before the first send, so that a lost answer can be looked up
    Index(None, "next_due_at", "workspace_id", "member_id"),
)

delivery = of_workspaces(
    "delivery",
    Column("key", String(120), primary_key=True),  # says what must not be sent twice: nudge:U1:2026-W49
    Column("id", String(32), nullable=False),  # random and opaque: it travels in Slack's metadata
    Column("kind", String(16), nullable=False),
    Column("member_id", SLACK_ID),
    Column("channel", SLACK_ID),  # where it was or will be posted
    Column("week", String(8)),  # the member's local ISO week, for the weekly budget
    Column("subject", Text),  # what it is about, as JSON: see core/outbox.py; null if it said words and is sent
    Column("thread", String(32)),  # the ts of the message whose thread it is posted to
    Column("reason", String(80)),  # why the tip, or why it was not sent
    Column("state", String(12), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("try_at", UtcDateTime, nullable=False),
    Column("window_ends_at", UtcDateTime, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("claim_token", String(32)),
    Column("lease_until", Double),  # seconds since 1970 by the database's own clock
    Column("started_at", UtcDateTime),  # the post may be on its way from here on
    Column("ts", String(32)),  # Slack's name for the message, once it is there
    Column("ended_at", UtcDateTime),
    Index(None, "state", "workspace_id", "try_at"),
    Index(None, "workspace_id", "member_id", "week"),
    Index(None, "ended_at"),
    about_a_member(),
)

entry = of_workspaces(
    "entry",
    Column("challenge_id", String(16), primary_key=True),
    Column("member_id", SLACK_ID, primary_key=True),
    Column("entry_id", String(16), nullable=False),  # random: it stands where no member's id may
    Column("joined_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("line", String(300)),  # what the member wrote about it
    Column("sharing", String(8)),  # named, unnamed, private
    Column("goes_on", Boolean, nullable=False, server_default=false()),  # the recap of a team's project may say so
    Index(None, "workspace_id", "member_id"),
    about_a_member(),
)

coach_admin = _of_members(
    "coach_admin",
    Column("added_by", SLACK_ID),
    Column("added_at", UtcDateTime, nullable=False),
    Column("asked_at", UtcDateTime),  # when Slack was last asked about them
    met=False,
)

lead = _of_members(
    "lead",
    Column("team_id", String(16), nullable=False),
    Column("yes", Boolean),  # to a message a month; null: not answered yet
    Column("answered_at", UtcDateTime),
    Column("dm_channel", SLACK_ID),  # the direct messages that say so to them; null: an admin has not asked for that
    Column("next_at", UtcDateTime),  # when the next one is planned; null: none is
    Column("turn", SmallInteger, nullable=False),  # how many were planned
    Column("asked_at", UtcDateTime),  # as above
    Index(None, "workspace_id", "team_id", unique=True),
    Index(None, "next_at"),
    met=False,
)

# Of the members whom the bot has met; each is in one team at most.
team_member = _of_members("team_member", Column("team_id", String(16), nullable=False))

skill_mark = _of_members(
    "skill_mark",
    Column("skill", SLUG, primary_key=True),
    Column("learned_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
)

skill_history = _of_members(
    "skill_history",
    Column("skill", SLUG, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("step", String(8), nullable=False),  # learned, undone
)

tip_given = _of_members(
    "tip_given",
    Column("tip", SLUG, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),  # the last time
)

IS_SHARED = text("readers IS NOT NULL")

practice = _of_members(  # a log: the last step of a member with a tip is the one that counts
    "practice",
    Column("tip", SLUG, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("step", String(12), nullable=False),  # done, had, skipped, undone, blocked, not-my-work
    Column("blocker", String(10)),  # why it was blocked
    Column("line", String(300)),  # what came of it, in the member's words
    Column("readers", String(8)),  # named, unnamed: colleagues may read it, with the name or without; null: nobody else
    Column("line_id", String(16)),  # random: it stands where no member's id may
    Column("judged", String(8)),  # reported: nobody reads it until an admin decides; hidden, allowed: by an admin
    Index("ix_practice_shared", "workspace_id", "tip", "at", sqlite_where=IS_SHARED, postgresql_where=IS_SHARED),
)

situation = _of_members(
    "situation",
    Column("need", SLUG, primary_key=True),
    Column("has", Boolean),  # null: unknown, as is a need without a row
    Column("at", UtcDateTime, nullable=False),
    # What *Did it* or *Blocked* showed, so that *Undo* can take it back: the tip or the challenge, and `has` before.
    Column("tip", SLUG),
    Column("had", Boolean),
)

quiz = _of_members(
    "quiz",
    Column("asking", String(120), primary_key=True),  # the idempotency key of the message, or a random name
    Column("check_id", SLUG, nullable=False),
    Column("skill", SLUG, nullable=False),
    Column("due", Boolean, nullable=False),  # false: the member wanted it before its time
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("chosen", SmallInteger),  # the number of the option, from 0
    Column("right", Boolean),
)

still = _of_members(  # a log of *Still doing it?*: asked, and the answers; it only grows
    "still",
    Column("tip", SLUG, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("answer", String(8), nullable=False),  # asked, again, once, no, undone
    Column("asking", String(120), nullable=False),  # the message's idempotency key; empty: a second *Did it*
    Column("why", String(8)),  # not any more
)

plan = _of_members(
    "plan",
    Column("tip", SLUG, primary_key=True),
    Column("plan_id", String(16), nullable=False),  # random: part of the reminder's idempotency key
    Column("at", UtcDateTime, nullable=False),  # when the reminder comes
    Column("cue", String(80)),  # "when …", in the member's words
    Column("made_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),  # the member did it, or took the plan back
)

project = _of_members(
    "project",
    Column("slug", SLUG, primary_key=True),
    Column("offered_at", UtcDateTime),  # to choose from
    Column("begun_at", UtcDateTime),
    Column("left_at", UtcDateTime),  # the member wants it no more
    Column("ended_at", UtcDateTime),  # its last step was done
    Column("parked_at", UtcDateTime),  # its member pressed nothing for weeks
)

lab_solved = _of_members(
    "lab_solved",
    Column("lab", SLUG, primary_key=True),
    Column("solved_at", UtcDateTime, nullable=False),  # the first time; nothing else is kept of a lab
)

showing = of_workspaces(  # a member shows a skill in a channel, and a colleague may confirm it; nobody keeps who did
    "showing",
    Column("showing_id", String(16), primary_key=True),  # random: it stands where no member's id may
    Column("member_id", SLACK_ID, nullable=False),
    Column("skill", SLUG, nullable=False),
    Column("channel", SLACK_ID, nullable=False),
    Column("day", String(10), nullable=False),  # local to the member: once a day in a channel
    Column("asked_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("evidence", String(200), nullable=False),  # in the member's words; it stands in the post
    Index(None, "workspace_id", "member_id", "skill", "channel", "day", unique=True),
    about_a_member(),
)

suggestion = _of_members(  # of a challenge, to those who may start one; the member's last one
    "suggestion",
    Column("suggestion_id", String(16), nullable=False),  # random: the challenge that comes of it has the same id
    Column("template", SLUG),
    Column("words", String(200), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("started", Boolean),  # by an admin; false: dismissed, null: it waits
)

assistant_token = _of_members(  # with which an assistant of the member asks the coach in their name
    "assistant_token",
    Column("label", String(16), primary_key=True),  # random; it stands in the token
    Column("digest", String(64), nullable=False),  # SHA-256 of the whole token, which nobody keeps
    Column("made_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Index(None, "until"),
)

NAMINGS = (coach_admin, lead)

# *Forget me* empties these, as the end of a workspace does, and export.py reads them; schema.py registers the others.
# The order is that in which other transactions lock rows, so that forgetting a member never deadlocks with one.
ABOUT_A_MEMBER = (
    member, skill_mark, skill_history, tip_given, practice, situation, quiz, still, plan, project,
    lab_solved, showing, suggestion, assistant_token, entry,
    schedule, delivery, coach_admin, lead, team_member,
)  # fmt: skip
