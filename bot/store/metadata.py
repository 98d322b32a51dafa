"""What all modules of tables share: the metadata, the names of constraints, and the types of common columns."""

from sqlalchemy import ForeignKeyConstraint, MetaData, String

SLACK_ID = String(32)
SLUG = String(80)
TWO_SLUGS = String(130)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def about_a_member() -> ForeignKeyConstraint:
    """Return the foreign key by which a row goes when its member goes. It does not hold while `member_id` is null."""
    columns = ("workspace_id", "member_id")
    return ForeignKeyConstraint(columns, [f"member.{name}" for name in columns], ondelete="CASCADE")
