"""The tables of the content: which version all processes should serve, what each serves, and when entries changed."""

from sqlalchemy import Column, Integer, SmallInteger, String, Table

from bot.store.metadata import TWO_SLUGS, metadata
from bot.store.types import UtcDateTime

content_wanted = Table(
    "content_wanted",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),  # always 1: one row for the database
    Column("version", String(16), nullable=False),  # a hash of the content that all processes should serve
    Column("asked_at", UtcDateTime, nullable=False),
)

content_copy = Table(
    "content_copy",
    metadata,
    Column("process", String(16), primary_key=True),  # random
    Column("name", String(80), nullable=False),  # host and process id, for the operator
    Column("version", String(16), nullable=False),  # what it serves
    Column("mistakes", Integer, nullable=False),  # in its files, if it can't use them
    Column("first_mistake", String(300)),
    Column("seen_at", UtcDateTime, nullable=False),  # when it last told this
)

content_entry = Table(
    "content_entry",
    metadata,
    Column("kind", String(12), primary_key=True),  # role, place, skill, tip, challenge
    Column("slug", TWO_SLUGS, primary_key=True),  # of a place: that of the role and that of the skill
    Column("hash", String(16), nullable=False),  # of the words that members read
    # Null: the entry was there at the very first reading; and, for `changed_at`, its words are still the same.
    Column("added_at", UtcDateTime),
    Column("changed_at", UtcDateTime),
)
