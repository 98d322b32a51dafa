"""What a workspace settles for all of its members: the usual slot, quiet hours, how much may come, challenges."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.core.admin import Act
from bot.core.member import House, MemberKey
from bot.store import audit, members, workspaces

CHOSEN = {  # what an admin can choose, by the name under which a change of it is remembered
    "usual slot": "slot",
    "quiet hours": "manners",
    "weekly budget": "dm_budget",
    "challenge channel": "challenge_channel",
    "who starts challenges": "members_may_challenge",
}


def settled(tx: Connection, workspace_id: str) -> House:
    """How things are."""
    return workspaces.house(tx, workspace_id)


def settle(tx: Connection, admin: MemberKey, chosen: House, now: datetime) -> House:
    """Keeps what an admin chose; zone and weekend stay. Each thing that changed is written down. Raises NotMet."""
    members.held(tx, admin)
    old = workspaces.house(tx, admin.workspace_id)
    manners = replace(chosen.manners, weekend=old.manners.weekend)
    new = replace(chosen, manners=manners, zone=old.zone)
    workspaces.settle(tx, admin.workspace_id, new, now)
    for name, field in CHOSEN.items():
        if getattr(new, field) != getattr(old, field):
            audit.record(tx, admin, Act.SETTINGS_CHANGED, now, subject=name)
    return new
