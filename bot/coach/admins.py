"""Coach admins: members whom Slack's admins or other coach admins named to act for the whole team."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.coach import audits
from bot.core.errors import NextStep, UserError
from bot.core.member import Act, Acted, CoachAdmin, MemberKey
from bot.store import admins, audit, members

OF_ADMINS = (Act.ADMIN_ADDED, Act.ADMIN_REMOVED, Act.ADMIN_LOST)


@dataclass(frozen=True, slots=True)
class Admins:
    """The coach admins, and the last change among them, which only admins see."""

    named: tuple[CoachAdmin, ...]
    last: Acted | None

    def hold(self, member_id: str) -> bool:
        """Return whether this member is a coach admin."""
        return any(admin.member_id == member_id for admin in self.named)


def is_named(tx: Connection, who: MemberKey) -> bool:
    """Return whether a member is a coach admin. Slack's own admins are known only to Slack."""
    return admins.is_named(tx, who)


def named(tx: Connection, workspace_id: str) -> Admins:
    """Return the coach admins of a workspace."""
    last = audit.latest(tx, workspace_id, OF_ADMINS)
    return Admins(tuple(admins.named(tx, workspace_id)), last[0] if last else None)


def add(tx: Connection, by: MemberKey, whom: MemberKey, now: datetime) -> Admins:
    """Name a coach admin, and record it in the audit. Naming one again changes nothing. Raise NotMet."""
    members.lock_known(tx, by)
    members.lock_known(tx, whom)
    if admins.add(tx, whom, by, now):
        audit.record(tx, by, Act.ADMIN_ADDED, now, on_member=whom.member_id)
    return named(tx, by.workspace_id)


def remove(tx: Connection, by: MemberKey, whom: MemberKey, now: datetime) -> Admins:
    """Remove a coach admin. Raise UserError for a member who is none, and NotMet for an unknown `by`."""
    members.lock_known(tx, by)
    if not admins.remove(tx, whom):
        raise UserError(
            "They are not a coach admin, so nothing changed. Workspace admins and owners always have this right.",
            NextStep("Who are they?", "admins"),
        )
    audit.record(tx, by, Act.ADMIN_REMOVED, now, on_member=whom.member_id)
    return named(tx, by.workspace_id)


def lose(tx: Connection, whom: MemberKey, now: datetime) -> None:
    """Remove a coach admin who is deactivated or a guest in Slack. Only an admin can name them again."""
    if admins.remove(tx, whom):
        audit.record_change(tx, whom, Act.ADMIN_LOST, now)


def deny(tx: Connection, who: MemberKey, to: str, now: datetime) -> None:
    """Record that a member who is not an admin tried an act of admins. Store their id only if the bot has met them."""
    audits.note(tx, who, Act.DENIED, now, subject=to)
