"""Workspaces: when the bot met them, whether it is still welcome, and which events it has seen."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.dialects.postgresql import insert

from bot.store.tables import event_seen, workspace

_INSERT = insert(workspace)
_CONNECT = _INSERT.on_conflict_do_update(index_elements=[workspace.c.workspace_id], set_={"disconnected_at": None})
_DISCONNECT = (
    update(workspace).where(workspace.c.workspace_id == bindparam("which")).values(disconnected_at=bindparam("now"))
)
_SEE = insert(event_seen).on_conflict_do_nothing().returning(event_seen.c.event_id)


def connect(tx: Connection, workspace_id: str, now: datetime) -> None:
    """The bot can speak to this workspace, for the first time or again."""
    tx.execute(_CONNECT, {"workspace_id": workspace_id, "met_at": now})


def disconnect(tx: Connection, workspace_id: str, now: datetime) -> None:
    """The bot was removed, or its token taken back."""
    tx.execute(_DISCONNECT, {"which": workspace_id, "now": now})


def see_event(tx: Connection, workspace_id: str, event_id: str, now: datetime) -> bool:
    """Records an event with the work that it causes; False if an earlier delivery of it did that work already."""
    values = {"workspace_id": workspace_id, "event_id": event_id, "seen_at": now}
    return tx.execute(_SEE, values).first() is not None
