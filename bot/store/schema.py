"""The other tables, and the registry of all tables by what they are about."""

from sqlalchemy import Boolean, Column, Double, Index, Integer, SmallInteger, String, Table, text, true

from bot.store.member_schema import coach_admin

# Who imports `metadata` from here has all tables in it.
from bot.store.types import SLACK_ID, SLUG, UtcDateTime, metadata as metadata, of_workspaces

workspace = of_workspaces(
    "workspace",
    Column("met_at", UtcDateTime, nullable=False),
    Column("disconnected_at", UtcDateTime),  # the app was removed, or its token was taken back
    Column("disconnected_why", String(80)),
    Column("organisation", String(32)),  # whose installation serves this workspace; null: only its own may
    # By Slack's clock, when an organisation last gave its installation to this workspace, and when one withdrew it.
    Column("granted_at", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
    # While Slack's answers say that the token does not work; see doubts.py. All are null or 0 where they never did.
    Column("ask_at", UtcDateTime),  # when to ask Slack again
    Column("refusals", Integer, nullable=False, server_default=text("0")),  # without another answer between them
    Column("refused_at", UtcDateTime),  # the last of them
    Column("heard_at", UtcDateTime),  # when somebody there last used the bot
    # What the workspace has settled; null means the default in core.
    Column("weekday", SmallInteger),
    Column("minute", SmallInteger),
    Column("zone", String(64)),
    Column("weekend", String(7)),  # digits, 0 is Monday
    Column("quiet_from", SmallInteger),
    Column("quiet_to", SmallInteger),
    Column("dm_budget", SmallInteger),
    Column("challenge_channel", SLACK_ID),  # offered first when a challenge is written
    Column("challenges_by", String(8)),  # who may start one: admins, members
    Column("no_figures", Boolean),  # true: none are taken or shown
    Column("no_assistants", Boolean),  # true: no assistant of a member may ask the coach
    Column("counted_until", UtcDateTime),  # a week that began before is counted in figures, or never will be
    Column("teams_read_at", UtcDateTime),  # when to ask Slack who is in the teams; ahead while a worker does so
    # The rate limit that all workers share, in seconds since 1970 by the database's clock; see outbox/leases.py.
    Column("next_send_at", Double),
    Column("paused_until", Double),  # from Slack's Retry-After
    Column("next_ask_at", Double),  # when a worker may next ask Slack about the members
    Index(None, "disconnected_at"),
    Index(None, "organisation"),
    Index(None, "ask_at"),
    Index(None, "teams_read_at"),
)

team = of_workspaces(
    "team",
    Column("team_id", String(16), primary_key=True),  # random
    Column("source", SLACK_ID, nullable=False),  # the user group or the channel whose members it has
    Column("name", String(80), nullable=False),
    Column("channel", SLACK_ID, nullable=False),  # where its challenges are posted
    Column("added_at", UtcDateTime, nullable=False),
    Column("trouble", String(80)),  # why Slack did not say who is in it; null: it did
    Index(None, "workspace_id", "source", unique=True),
)


tip_set_aside = of_workspaces(  # the tips that are withheld: Slack refused to show them
    "tip_set_aside",
    Column("tip", SLUG, primary_key=True),
    Column("reason", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

challenge = of_workspaces(
    "challenge",
    Column("challenge_id", String(16), primary_key=True),  # random
    Column("state", String(10), nullable=False),
    Column("started_by", SLACK_ID),  # null once they are forgotten
    Column("template", SLUG),  # null where it was written freely; a team's project: its slug
    Column("team_id", String(16)),  # whose project of the month it is; null: it is a challenge
    Column("title", String(80), nullable=False),
    Column("task", String(2000), nullable=False),
    Column("done_when", String(200), nullable=False),
    Column("minutes", SmallInteger),
    Column("skill", SLUG),
    Column("question", String(200)),  # to everybody who did it; null: none
    Column("channel", SLACK_ID, nullable=False),
    Column("starts_at", UtcDateTime),  # when it was posted
    Column("ends_at", UtcDateTime, nullable=False),
    # Whether its channel is private. True where nobody was asked: rows older than this column.
    Column("private", Boolean, nullable=False, server_default=true()),
    Column("postings", SmallInteger, nullable=False),  # how often it was to be posted; part of the delivery's key
    # Of members who were forgotten since: they still count.
    Column("joined_before", Integer, nullable=False, server_default="0"),
    Column("done_before", Integer, nullable=False, server_default="0"),
    Column("ts", String(32)),  # Slack's name for the live message
    Column("recap_ts", String(32)),  # and for the recap of a team's project, which changes too
    # How often what members show of a team's project has changed.
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("shown", String(64)),  # what the live message says now
    Column("update_after", UtcDateTime),  # before then the live message is left alone; null: for good
    Index(None, "state", "ends_at"),
    Index(None, "update_after"),
)

audit = of_workspaces(
    "audit",
    Column("id", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("act", String(24), nullable=False),
    Column("admin_id", SLACK_ID),  # who did it; null once they are forgotten
    Column("on_member", SLACK_ID),  # to whom, likewise
    Column("subject", SLUG),  # on what: a challenge's id, a setting
    Index(None, "workspace_id", "at"),
    Index(None, "at"),
)

snapshot = of_workspaces(
    "snapshot",
    Column("ended_at", UtcDateTime, primary_key=True),  # when the week ended that is counted
    Column("figure", String(80), primary_key=True),
    # A multiple of five, about five people or more. A figure that may not be shown has no row.
    Column("count", Integer, nullable=False),
)

event_seen = of_workspaces(
    "event_seen",
    Column("event_id", String(64), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Index(None, "seen_at"),
)

tombstone = of_workspaces(
    "tombstone",
    Column("digest", String(64), primary_key=True),  # of the forgotten member's id, under the key beside it
    Column("key", String(32), nullable=False),  # random, another one for each row
    Column("asked_at", UtcDateTime, nullable=False),  # the forgetting itself: what was asked before it is refused
    Column("until", UtcDateTime, nullable=False),  # then this row goes too
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),  # always 1: one row for the database
    Column("written_at", UtcDateTime, nullable=False),  # the last write that proved that the database takes writes
)

installation = of_workspaces(  # `workspace_id` is the organisation's id where it is for all of it
    "installation",
    Column("enterprise_id", String(32)),  # of the organisation to which the workspace belongs, if it does
    Column("app_id", String(32)),
    Column("bot_user", String(32)),
    Column("scopes", String(500)),  # those that were granted, separated by commas
    Column("token", String(1000)),  # encrypted; null once the app was removed
    Column("refresh_token", String(1000)),  # encrypted; null where Slack does not rotate tokens
    Column("key_id", String(16)),  # of the key that encrypted both
    Column("expires_at", UtcDateTime),  # of the token; null: never
    Column("installed_by", SLACK_ID),  # null once they are forgotten, and for an organisation, which nobody is told
    # Both by Slack's clock. Null `installed_at`: the app was removed before its installation was stored.
    Column("installed_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),  # when the app was last removed, or its tokens were revoked
    Column("looked_at", UtcDateTime),  # when a worker last set out to ask Slack about it; it does once a day
    Column("refused_at", UtcDateTime),  # when Slack last refused the token; null: it accepted it the last time
    Column("gone_since", UtcDateTime),  # since when Slack says that the app is not there any more
    # The lease of the process that refreshes the token, and its fencing token.
    Column("refresh_claim", String(32)),
    Column("refresh_until", Double),  # seconds since 1970 by the database's own clock
    Index(None, "expires_at"),
)

used_state = Table(  # OAuth's `state` of a link that was used up
    "used_state",
    metadata,
    Column("state", String(64), primary_key=True),  # its SHA-256
    Column("until", UtcDateTime, nullable=False),
    Index(None, "until"),
)

# Every table stands in ABOUT_A_MEMBER or in one of these two; a test checks that. The end of a workspace empties the
# tables of ABOUT_A_MEMBER and ABOUT_NO_MEMBER, and export.py reads those of ABOUT_A_MEMBER and MENTIONS.
ABOUT_NO_MEMBER = (
    workspace, event_seen, tip_set_aside, challenge, audit, snapshot, team, tombstone, installation,
)  # fmt: skip

ABOUT_NO_WORKSPACE = (heartbeat, used_state)

# Columns with the id of a member, of rows that stay when the member is forgotten: the id becomes null.
MENTIONS = (
    challenge.c.started_by,
    coach_admin.c.added_by,
    audit.c.admin_id,
    audit.c.on_member,
    installation.c.installed_by,
)
