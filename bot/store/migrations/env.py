"""Alembic's environment: run migrations over the connection that the app passes."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine

from bot.store.schema import metadata
from bot.store.types import UtcDateTime


def _render(kind: str, thing: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401 - Alembic's own hook
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=_render,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if (handed := context.config.attributes.get("connection")) is not None:
    _migrate(handed)
else:  # the command line writes a migration, as CONTRIBUTING.md says
    with create_engine("sqlite:///roleshift.db").connect() as scratch:
        _migrate(scratch)
