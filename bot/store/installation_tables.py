"""The tables of installations through OAuth: each workspace's tokens, encrypted, and states that were used up."""

from sqlalchemy import Column, Double, Index, String, Table

from bot.store.metadata import SLACK_ID, metadata
from bot.store.types import UtcDateTime

installation = Table(
    "installation",
    metadata,
    Column("workspace_id", SLACK_ID, primary_key=True),
    Column("enterprise_id", String(32)),  # of the organisation to which the workspace belongs, if it does
    Column("app_id", String(32)),
    Column("bot_user", String(32)),
    Column("scopes", String(500)),  # those that were granted, separated by commas
    Column("token", String(1000)),  # encrypted; null once the app was removed
    Column("refresh_token", String(1000)),  # encrypted; null where Slack does not rotate tokens
    Column("key_id", String(16)),  # of the key that encrypted both
    Column("expires_at", UtcDateTime),  # of the token; null: never
    Column("installed_by", SLACK_ID),  # null once they are forgotten
    # Both by Slack's clock. Null `installed_at`: the app was removed before its installation was stored.
    Column("installed_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),  # when the app was last removed, or its tokens were revoked
    # The lease of the process that refreshes the token, and its fencing token.
    Column("refresh_claim", String(32)),
    Column("refresh_until", Double),  # seconds since 1970 by the database's own clock
    Index(None, "expires_at"),
)

install_link = Table(  # OAuth's `state` of a link that was used up
    "install_link",
    metadata,
    Column("state", String(64), primary_key=True),  # its SHA-256
    Column("until", UtcDateTime, nullable=False),
    Index(None, "until"),
)
