"""What admins choose for all members of their workspace."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.core.member import Act, MemberKey, WorkspaceSettings
from bot.store import admins, figures, members, workspaces

CHOSEN = {  # what an admin can choose: its name in the audit → its field
    "usual slot": "slot",
    "quiet hours": "quiet_hours",
    "weekly budget": "dm_budget",
    "challenge channel": "challenge_channel",
    "who starts challenges": "members_may_challenge",
    "figures": "figures",
}


def save(tx: Connection, admin: MemberKey, chosen: WorkspaceSettings, now: datetime) -> WorkspaceSettings:
    """Store an admin's choice, but keep the zone. Record each change in the audit. Raise NotMet."""
    members.lock_known(tx, admin)
    old = workspaces.settings(tx, admin.workspace_id)
    new = replace(chosen, zone=old.zone)
    workspaces.save_settings(tx, admin.workspace_id, new, now)
    if not new.figures:
        figures.delete_all(tx, admin.workspace_id)
    for name, field in CHOSEN.items():
        if getattr(new, field) != getattr(old, field):
            admins.record_act(tx, admin, Act.SETTINGS_CHANGED, now, subject=name)
    return new
