"""Who may act for the whole team: admins as Slack calls them, and coach admins whom they named."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.core.admin import Act, Acted, CoachAdmin
from bot.core.errors import NotMet, Step, UserError
from bot.core.member import MemberKey
from bot.store import admins, audit, members

OF_ADMINS = (Act.ADMIN_ADDED, Act.ADMIN_REMOVED, Act.ADMIN_LOST)


@dataclass(frozen=True, slots=True)
class Admins:
    """The coach admins; `last` is the last change among them, which only admins see."""

    named: tuple[CoachAdmin, ...]
    last: Acted | None

    def hold(self, member_id: str) -> bool:
        """Whether this member is among them."""
        return any(one.member_id == member_id for one in self.named)


def is_named(tx: Connection, who: MemberKey) -> bool:
    """Whether a member is a coach admin; whether Slack calls them one is asked there."""
    return admins.is_named(tx, who)


def named(tx: Connection, workspace_id: str) -> Admins:
    """Who they are."""
    last = audit.latest(tx, workspace_id, OF_ADMINS)
    return Admins(tuple(admins.named(tx, workspace_id)), last[0] if last else None)


def add(tx: Connection, by: MemberKey, whom: MemberKey, now: datetime) -> Admins:
    """Names a coach admin; who is one already stays one, and nothing is written down. Raises NotMet."""
    members.held(tx, by)
    members.held(tx, whom)
    if admins.add(tx, whom, by, now):
        audit.record(tx, by, Act.ADMIN_ADDED, now, on_member=whom.member_id)
    return named(tx, by.workspace_id)


def remove(tx: Connection, by: MemberKey, whom: MemberKey, now: datetime) -> Admins:
    """Takes that away; raises UserError for somebody who was never named, NotMet for an unknown admin."""
    members.held(tx, by)
    if not admins.remove(tx, whom):
        raise UserError(
            "They are not a coach admin, so nothing changed. Workspace admins and owners always have this right.",
            Step("Who are they?", "admins"),
        )
    audit.record(tx, by, Act.ADMIN_REMOVED, now, on_member=whom.member_id)
    return named(tx, by.workspace_id)


def lose(tx: Connection, whom: MemberKey, now: datetime) -> None:
    """Take the right from a coach admin whom Slack calls deactivated or a guest; only an admin can give it back."""
    if admins.remove(tx, whom):
        audit.record_change(tx, whom, Act.ADMIN_LOST, now)


def deny(tx: Connection, who: MemberKey, to: str, now: datetime) -> None:
    """Record that somebody who is no admin tried to do what only admins may; by name if the bot has met them."""
    try:
        members.held(tx, who)
    except NotMet:
        audit.record(tx, who, Act.DENIED, now, subject=to, named=False)
    else:
        audit.record(tx, who, Act.DENIED, now, subject=to)
