"""What a delivery is about is one JSON object."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The rest of the object after a tip, from the question that is asked with it.
ASKED = """CASE WHEN check_name IS NULL THEN ''
  WHEN check_name = 'rhythm' THEN ',"asks_rhythm":true'
  WHEN check_name LIKE 'still:%' THEN ',"still":"' || substr(check_name, 7) || '"'
  ELSE ',"check":["' || replace(check_name, '/', '","') || '"]' END"""
# Ids, slugs and keys: nothing in them needs an escape in JSON.
OBJECTS = {
    f"""'{{"tip":"' || before || '"' || {ASKED} || '}}'""": ("nudge", "reminder", "another"),
    """'{"challenge_id":"' || before || '"}'""": ("challenge", "last-call", "recap", "unjoined"),
    """'{"key":"' || before || '"}'""": ("notice",),
    """'{"team_id":"' || replace(before, '/', '","turn":') || '}'""": ("lead",),
}


def upgrade() -> None:
    op.execute("ALTER TABLE delivery RENAME COLUMN subject TO before")
    op.add_column("delivery", sa.Column("subject", sa.Text()))
    table = sa.table("delivery", *map(sa.column, ("workspace_id", "key", "kind", "before", "words", "subject")))
    c = table.c
    for said, kinds in OBJECTS.items():
        of_kinds = sa.update(table).where(c.kind.in_(kinds), c.before.is_not(None))
        op.execute(of_kinds.values(subject=sa.literal_column(said)))
    tx = op.get_bind()
    for row in tx.execute(sa.select(c.workspace_id, c.key, c.kind, c.words).where(c.words.is_not(None))).all():
        this = sa.update(table).where(c.workspace_id == row.workspace_id, c.key == row.key)
        tx.execute(this.values(subject=json.dumps(_written(row.kind, row.words), ensure_ascii=False)))
    for name in ("before", "check_name", "words"):
        op.drop_column("delivery", name)


def _written(kind: str, words: str) -> dict[str, Any]:
    """Return what an answer or a task says that was not sent yet."""
    if kind == "task":
        task, *others = words.split() or [""]
        return {"task": task, "words": others}
    return dict(zip(("text", "blocks"), json.loads(words), strict=True))
